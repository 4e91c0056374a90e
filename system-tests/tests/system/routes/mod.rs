//! Who may do what: every route with every credential, on both stores and by both families; every
//! page with everybody who may come to it; and that what an operator takes away is gone on the next
//! call.

mod credential;
mod expected;
mod matrix;
mod next_call;
mod pages;
mod visitors;
