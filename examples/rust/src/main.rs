//! A right client of the Users API.

fn main() {}
