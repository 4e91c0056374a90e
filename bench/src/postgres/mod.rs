//! What is measured on PostgreSQL: a cluster of its own that syncs to this disk, `pgbench` as the
//! floor, and a proxy that counts flights.

mod cluster;
mod flights;
mod pgbench;

pub(crate) use cluster::Cluster;
pub(crate) use flights::{Counted, Proxy};
pub(crate) use pgbench::{Floor, Reached, make_table, shoot};
