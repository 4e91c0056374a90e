//! For whoever runs the server: is it alive, is it ready, and what has it been doing. On a listener
//! of its own, which the API's callers never reach.

mod admin;
mod finished_call;
pub(crate) mod instruments;
mod metrics_list;
mod process;

pub use admin::AdminListener;
pub(crate) use finished_call::TraceHeaders;
pub use finished_call::{FinishedCall, Observer};
pub use instruments::{Metrics, MetricsError};
pub use metrics_list::{Kind, METRICS, Metric};
