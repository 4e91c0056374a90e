//! One call, told when it is over, to whoever was asked to watch. Nobody's data: no address, no
//! header but the caller's trace, no body.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use rollcall_directory::world::Moment;

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
/// Longer ones are not from a tracer (W3C asks for 512 at least).
const TRACE_MAX_BYTES: usize = 1024;

#[derive(Clone, Debug)]
pub struct FinishedCall<'a> {
    pub operation: &'static str,
    pub method: &'a str,
    pub status: u16,
    pub request_id: &'a str,
    pub ended: Moment,
    pub took: Duration,
    /// The caller's own trace (W3C Trace Context), as it was sent.
    pub traceparent: Option<&'a str>,
    pub tracestate: Option<&'a str>,
}

/// Called in the middle of serving: it must not wait.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&FinishedCall<'_>) + Send + Sync>);

impl Observer {
    pub fn new(observe: impl Fn(&FinishedCall<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }

    pub(crate) fn observe(&self, call: &FinishedCall<'_>) {
        (self.0)(call);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// What a call says of its trace, kept beyond the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct TraceHeaders {
    pub parent: Option<String>,
    pub state: Option<String>,
}

impl TraceHeaders {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| {
            let mut values = headers.get_all(name).iter();
            let (value, None) = (values.next()?, values.next()) else { return None };
            let text = value.to_str().ok()?;
            (text.len() <= TRACE_MAX_BYTES).then(|| text.to_owned())
        };
        Self { parent: text(TRACEPARENT), state: text(TRACESTATE) }
    }
}
