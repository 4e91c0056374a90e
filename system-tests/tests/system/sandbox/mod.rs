//! What `rollcall dev` has beside the API itself: bad days, the control API, and what it shows of a
//! client.

mod control;
