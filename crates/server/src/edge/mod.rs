//! The edge: what every call passes on its way in and out. It reads credentials' shapes, bodies
//! and headers, and turns a refusal or a fault into its status and word.

pub(crate) mod answer;
pub(crate) mod basic;
pub(crate) mod bearer;
pub(crate) mod body;
pub(crate) mod headers;
pub(crate) mod limits;
