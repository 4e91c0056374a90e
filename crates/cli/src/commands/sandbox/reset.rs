//! `rollcall sandbox reset`.

use super::{Done, Reach, Says};

pub async fn reset(reach: &Reach, says: &Says<'_>) -> Done {
    let answer = reach.post("/reset", None).await?;
    says.answer(&answer, || format!("Reset in {}.", took(&answer)))
}

/// How long it took, as the double says.
pub fn took(answer: &serde_json::Value) -> String {
    let millis = answer.get("took_millis").and_then(serde_json::Value::as_f64).unwrap_or_default();
    format!("{millis:.1} ms")
}
