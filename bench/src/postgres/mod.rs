//! What is measured on PostgreSQL: a cluster of its own that syncs to this disk, an organisation
//! served from it by one node or several, `pgbench` as the floor, and a proxy that counts flights.

mod cluster;
mod flights;
mod organisation;
mod pgbench;

pub(crate) use cluster::Cluster;
pub(crate) use flights::{Counted, Proxy};
pub(crate) use organisation::Organisation;
pub(crate) use pgbench::{Floor, Reached, make_table, shoot};
