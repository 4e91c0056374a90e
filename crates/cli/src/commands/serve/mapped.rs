//! From the file's settings to the server's: one place.

use rollcall_server as server;
use rollcall_settings::{self as settings, PublicUrl, Settings};
use rollcall_wire::route::RoutesServed;

pub fn server_settings(settings: &Settings, public_url: &PublicUrl) -> server::Settings {
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
        calls_per_minute: settings.limits.calls_per_minute,
        failures_per_minute: settings.limits.failures_per_minute,
        ..server::Settings::for_address(public_url.as_str().to_owned())
    }
}
