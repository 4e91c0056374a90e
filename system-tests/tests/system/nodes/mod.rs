//! Several processes of `serve` on one database: started together, replaced one after the other,
//! and sharing what was set for all of them. That they hold each other's acts is tested with the
//! routes.

mod limits;
mod replaced;
mod together;
