//! An address with several hosts, taken apart: the driver asks them one after the other, and the first
//! silent one would block the rest.

use tokio_postgres::Config;
use tokio_postgres::config::Host as HostName;

/// One of the hosts, and how it is reached.
pub(super) struct Host {
    pub name: String,
    pub config: Config,
}

pub(super) fn one_for_each_host(all: &Config) -> Result<Vec<Host>, String> {
    let (names, addresses, ports) = (all.get_hosts(), all.get_hostaddrs(), all.get_ports());
    let count = names.len().max(addresses.len());
    if count == 0 {
        return Err("it names no host".to_owned());
    }
    let fits = |others: usize| others == 0 || others == count;
    if !fits(names.len()) || !fits(addresses.len()) || !(ports.len() <= 1 || fits(ports.len())) {
        return Err(format!("{count} hosts, and not as many ports or addresses of theirs"));
    }
    let one = |at: usize| {
        let mut config = without_hosts(all);
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        config.port(port);
        let mut name = String::new();
        if let Some(address) = addresses.get(at) {
            config.hostaddr(*address);
            name = address.to_string();
        }
        match names.get(at) {
            Some(HostName::Tcp(host)) => {
                config.host(host);
                name.clone_from(host);
            }
            Some(HostName::Unix(path)) => {
                config.host_path(path);
                name = path.display().to_string();
            }
            None => {}
        }
        Host { name: format!("{name}:{port}"), config }
    };
    Ok((0..count).map(one).collect())
}

fn without_hosts(all: &Config) -> Config {
    let mut config = Config::new();
    if let Some(user) = all.get_user() {
        config.user(user);
    }
    if let Some(password) = all.get_password() {
        config.password(password);
    }
    if let Some(name) = all.get_dbname() {
        config.dbname(name);
    }
    if let Some(options) = all.get_options() {
        config.options(options);
    }
    if let Some(name) = all.get_application_name() {
        config.application_name(name);
    }
    if let Some(limit) = all.get_connect_timeout() {
        config.connect_timeout(*limit);
    }
    if let Some(limit) = all.get_tcp_user_timeout() {
        config.tcp_user_timeout(*limit);
    }
    if let Some(every) = all.get_keepalives_interval() {
        config.keepalives_interval(every);
    }
    if let Some(retries) = all.get_keepalives_retries() {
        config.keepalives_retries(retries);
    }
    config
        .ssl_mode(all.get_ssl_mode())
        .ssl_negotiation(all.get_ssl_negotiation())
        .channel_binding(all.get_channel_binding())
        .keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle());
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str) -> Vec<Host> {
        one_for_each_host(&text.parse().unwrap()).unwrap()
    }

    fn names(text: &str) -> Vec<String> {
        hosts(text).into_iter().map(|host| host.name).collect()
    }

    #[test]
    fn each_host_has_its_name_and_its_port() {
        for (text, expected) in [
            ("postgres://me@db/x", &["db:5432"][..]),
            ("postgres://me@db1,db2:5433/x", &["db1:5432", "db2:5433"]),
            ("host=db1,db2 port=5433 user=me", &["db1:5433", "db2:5433"]),
            ("host=/run/postgresql user=me", &["/run/postgresql:5432"]),
            ("host=db1,db2 hostaddr=10.0.0.1,10.0.0.2 user=me", &["db1:5432", "db2:5432"]),
            ("hostaddr=10.0.0.1 user=me", &["10.0.0.1:5432"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
        for (text, why) in [
            ("user=me", "no host"),
            ("host=db1,db2,db3 hostaddr=10.0.0.1,10.0.0.2 user=me", "not as many"),
            ("host=db1,db2,db3 port=1,2 user=me", "not as many"),
        ] {
            let error = one_for_each_host(&text.parse().unwrap()).err().unwrap();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_said_of_all_holds_for_each() {
        let text = "postgres://me:hunter2@db1,db2/x?options=-cfoo%3Dbar&connect_timeout=3&keepalives=0&sslmode=require&channel_binding=require";
        for (at, host) in hosts(text).into_iter().enumerate() {
            let one = host.config;
            assert_eq!(one.get_hosts(), [HostName::Tcp(format!("db{}", at + 1))]);
            assert_eq!(one.get_ports(), [5432]);
            let all: Config = text.parse().unwrap();
            assert_eq!(one.get_user(), all.get_user());
            assert_eq!(one.get_password(), all.get_password());
            assert_eq!(one.get_dbname(), all.get_dbname());
            assert_eq!(one.get_options(), all.get_options());
            assert_eq!(one.get_connect_timeout(), all.get_connect_timeout());
            assert_eq!(one.get_keepalives(), all.get_keepalives());
            assert_eq!(one.get_ssl_mode(), all.get_ssl_mode());
            assert_eq!(one.get_channel_binding(), all.get_channel_binding());
        }
    }
}
