//! Traces by OpenTelemetry, where an endpoint was given: one span for each call, made when the call
//! is over. It names the operation, the status and the request id, and nobody. Spans wait in a
//! bounded queue for a thread of their own; when the collector is away they are dropped.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use data_encoding::BASE64;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use percent_encoding::percent_decode_str;
use rollcall_server::operate::{FinishedCall, Observer};
use url::Url;

const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// For the last spans, when the server ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);
const TRACES_PATH: &str = "/v1/traces";

pub struct Telemetry {
    provider: SdkTracerProvider,
}

#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent: {0}")]
pub struct TelemetryError(String);

impl Telemetry {
    /// `endpoint`: the collector, without the path of traces.
    pub fn start(endpoint: &Url, service_name: &str) -> Result<Self, TelemetryError> {
        // Fails only where it was installed before. The exporter's client needs it for https.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let (traces, headers) = asked(endpoint);
        // On a thread of its own: its client may not be made where a runtime runs.
        let built = std::thread::spawn(move || {
            SpanExporter::builder()
                .with_http()
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(traces)
                .with_headers(headers)
                .with_timeout(EXPORT_TIMEOUT)
                .build()
        });
        let exporter = built
            .join()
            .map_err(|_| TelemetryError("the exporter did not start".to_owned()))?
            .map_err(|error| TelemetryError(error.to_string()))?;
        let resource = Resource::builder()
            .with_service_name(service_name.to_owned())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(exporter)
            .build();
        Ok(Self { provider })
    }

    /// What the server tells of each call.
    pub fn observer(&self) -> Observer {
        let tracer = self.provider.tracer("rollcall");
        let propagator = TraceContextPropagator::new();
        Observer::new(move |call| span(&tracer, &propagator, call))
    }

    /// Sends what is left, for a moment. It waits, so not on a thread that serves.
    pub async fn stop(self) {
        let stopping =
            tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FLUSH_TIMEOUT));
        match stopping.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last traces were not sent"),
            Err(error) => tracing::warn!(%error, "the last traces were not sent"),
        }
    }
}

/// The address of traces, and what goes along. User and password go as a header: left in the address
/// they would be sent to nobody, and errors would show them.
fn asked(endpoint: &Url) -> (String, HashMap<String, String>) {
    let mut traces = endpoint.clone();
    traces.set_path(&format!("{}{TRACES_PATH}", endpoint.path().trim_end_matches('/')));
    // Both fail only for an address that cannot have them.
    let _ = traces.set_username("");
    let _ = traces.set_password(None);
    let user = endpoint.username();
    let headers = match endpoint.password() {
        None if user.is_empty() => HashMap::new(),
        password => {
            let mut pair: Vec<u8> = percent_decode_str(user).collect();
            pair.push(b':');
            pair.extend(percent_decode_str(password.unwrap_or_default()));
            HashMap::from([("authorization".to_owned(), format!("Basic {}", BASE64.encode(&pair)))])
        }
    };
    (traces.into(), headers)
}

fn span(tracer: &SdkTracer, propagator: &TraceContextPropagator, call: &FinishedCall<'_>) {
    let parent = match call.traceparent {
        None => Context::new(),
        Some(traceparent) => {
            let mut carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
            if let Some(state) = call.tracestate {
                carrier.insert("tracestate".to_owned(), state.to_owned());
            }
            propagator.extract_with_context(&Context::new(), &carrier)
        }
    };
    let since_1970 = Duration::from_millis(u64::try_from(call.ended.millis()).unwrap_or(0));
    let ended = SystemTime::UNIX_EPOCH + since_1970;
    let mut span = tracer
        .span_builder(call.operation)
        .with_kind(SpanKind::Server)
        .with_start_time(ended.checked_sub(call.took).unwrap_or(ended))
        .with_attributes([
            KeyValue::new("http.request.method", call.method.to_owned()),
            KeyValue::new("rollcall.route", call.operation),
            KeyValue::new("http.response.status_code", i64::from(call.status)),
            KeyValue::new("rollcall.request_id", call.request_id.to_owned()),
        ])
        .start_with_context(tracer, &parent);
    // A refusal is an answer; a fault is ours.
    if call.status >= 500 {
        span.set_status(Status::error(""));
    }
    span.end_with_timestamp(ended);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_go_as_a_header_and_the_query_stays_behind_the_path() {
        for (endpoint, traces, header) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces", None),
            ("https://c.example/otlp/", "https://c.example/otlp/v1/traces", None),
            ("https://c.example/?key=x", "https://c.example/v1/traces?key=x", None),
            ("http://me:p%40ss@c.example", "http://c.example/v1/traces", Some("me:p@ss")),
            ("http://me@c.example", "http://c.example/v1/traces", Some("me:")),
        ] {
            let (asked, headers) = asked(&Url::parse(endpoint).unwrap());
            let basic = header.map(|pair| format!("Basic {}", BASE64.encode(pair.as_bytes())));
            assert_eq!((&*asked, headers.get("authorization")), (traces, basic.as_ref()));
        }
    }
}
