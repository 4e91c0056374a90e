//! From the file's settings to the server's: one place.

use rollcall_server as server;
use rollcall_server::operate::Observer;
use rollcall_settings::{self as settings, PublicUrl, Settings};
use rollcall_wire::route::RoutesServed;

use crate::open_files;

pub fn server_settings(
    settings: &Settings,
    public_url: &PublicUrl,
    observer: Option<Observer>,
) -> server::Settings {
    let wire = &settings.wire;
    server::Settings {
        routes: match wire.routes {
            settings::Routes::Both => RoutesServed::Both,
            settings::Routes::V1beta1 => RoutesServed::V1beta1,
            settings::Routes::V1 => RoutesServed::V1,
        },
        error_details: match wire.error_details {
            settings::ErrorDetails::None => server::ErrorDetails::None,
            settings::ErrorDetails::Explain => server::ErrorDetails::Explain,
        },
        token_type: match wire.token_type {
            settings::TokenType::Upper => server::TokenTypeCase::Bearer,
            settings::TokenType::Lower => server::TokenTypeCase::Lower,
        },
        last_page_token: match wire.last_page_token {
            settings::LastPageToken::Absent => server::LastPageToken::Absent,
            settings::LastPageToken::Empty => server::LastPageToken::Empty,
        },
        console: settings.console.enabled,
        protect_reactivation: settings.console.protect_reactivation,
        calls_per_minute: settings.limits.calls_per_minute,
        failures_per_minute: settings.limits.failures_per_minute,
        limits: limits(&settings.limits),
        proxies: server::Proxies {
            trusted: settings.proxy.trusted.clone(),
            header: match settings.proxy.header {
                settings::ProxyHeader::XForwardedFor => server::ForwardedHeader::XForwardedFor,
                settings::ProxyHeader::Forwarded => server::ForwardedHeader::Forwarded,
            },
        },
        observer,
        ..server::Settings::for_address(public_url.as_str().to_owned())
    }
}

fn limits(limits: &settings::Limits) -> server::Limits {
    open_files::raise();
    let wanted = limits.connections_max.get();
    let connections_max = wanted.min(open_files::room_for_connections());
    if connections_max < wanted {
        tracing::warn!(
            connections_max,
            wanted,
            "this process may not open enough files for limits.connections_max: raise its limit (LimitNOFILE= of its unit)"
        );
    }
    server::Limits {
        header_timeout: limits.header_timeout.0,
        body_timeout: limits.body_timeout.0,
        body_idle_timeout: limits.body_pause.0,
        idle_timeout: limits.idle_timeout.0,
        connections_max,
        connections_per_address_max: limits.connections_per_address_max.get(),
        calls_at_work_max: limits.calls_at_work_max.get(),
        ..server::Limits::default()
    }
}
