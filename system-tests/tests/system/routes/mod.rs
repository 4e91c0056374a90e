//! Who may do what: every route with every credential, on both stores and by both families; every
//! page with everybody who may come to it; and that what is taken away is gone on the next call. The
//! same over two nodes: what one was told holds when the other is asked.

#[macro_use]
mod stage;

mod console_next_call;
mod credential;
mod expected;
mod matrix;
mod next_call;
mod owners;
mod pages;
mod visitors;
