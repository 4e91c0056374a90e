//! The id of the call that is under way, which its caller is told in `X-Request-Id`. What is logged
//! on the way to the answer carries it: as a span, made when there is something to log and not for
//! every call, for a span costs more than reading its token.

use std::future::Future;

tokio::task_local! {
    static ID: String;
}

/// Runs a call under its id.
pub(crate) fn under<F: Future>(id: String, call: F) -> impl Future<Output = F::Output> {
    ID.scope(id, call)
}

/// Logs with the id of the call in which this is called, where there is one.
pub(crate) fn log(event: impl FnOnce()) {
    match ID.try_with(|id| tracing::error_span!("call", request = id)) {
        Ok(span) => span.in_scope(event),
        Err(_outside) => event(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_logged_in_a_call_knows_it_and_outside_there_is_none() {
        let seen = || ID.try_with(Clone::clone).ok();
        let mut logged = None;
        under("0a".to_owned(), async { log(|| logged = seen()) }).await;
        assert_eq!(logged.as_deref(), Some("0a"));
        log(|| logged = seen());
        assert_eq!(logged, None);
    }
}
