//! A store for a test: what it is founded with, and a database of its own.

use std::str::FromStr;

use tokio_postgres::Config;

use crate::keys::RootKey;
use crate::store::postgres::Address;
use crate::store::{Founding, MadeBy};
use crate::world::{AccountId, World};

pub(super) const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);

pub(in crate::store) fn founding() -> Founding {
    let made_by = MadeBy::Serve;
    Founding {
        root: RootKey::from_bytes([1; 32]),
        others: Vec::new(),
        made_by,
        first_key: [2; 32],
        nonce: [3; 12],
    }
}

pub(in crate::store) async fn a_database() -> Address {
    let url = std::env::var("ROLLCALL_TEST_POSTGRES")
        .expect("ROLLCALL_TEST_POSTGRES: run the tests by `cargo xtask test`");
    let mut config = Config::from_str(&url).unwrap();
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("t_{}", data_encoding::HEXLOWER.encode(&World::system().bytes::<8>()));
    client.batch_execute(&format!("create database {name}")).await.unwrap();
    config.dbname(&name);
    Address::from_config(config)
}
