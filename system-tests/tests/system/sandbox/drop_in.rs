//! `dev --tls`: the double under the names of the hosted API, for a client that is told nothing but
//! what stands in its environment.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rollcall_system_tests::{
    Ended, PATIENCE, Rollcall, note_secret, repository, rollcall_binary, send_signal, words_of_dev,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::timeout;

const START: [&str; 6] =
    ["dev", "--tls", "--listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0"];

fn around(more: &[&str], script: &str) -> Rollcall {
    Rollcall::new([&START, more, &["--", "bash", "-euc", script]].concat())
}

async fn script(script: &str) -> Ended {
    around(&[], script).run().await
}

#[tokio::test]
async fn the_whole_walk_by_curl_under_the_hosted_name() {
    let walk = repository().join("system-tests/clients/curl/walk.sh");
    let run = format!(
        "export ROLLCALL_URL=$ROLLCALL_HOSTED_URL WALK_NO_PROXY=$NO_PROXY; bash {}",
        walk.display()
    );
    let ended = script(&run).await.well();
    assert!(ended.stdout.contains("curl v1beta1: ") && ended.stdout.contains("curl v1: "));
}

/// Also where somebody's own settings say otherwise.
#[tokio::test]
async fn every_region_by_every_version_and_what_is_around_cannot_change_it() {
    let call = "for region in com ca eu; do for how in --http1.1 --http2 '--tlsv1.2 --tls-max 1.2'; do
        curl -sS --fail $how -o /dev/null -w '%{http_version} %{http_code} %{ssl_verify_result}\\n' \
        https://api.1password.$region/openapi.json; done; done";
    let ended = around(&[], call)
        .env("NO_PROXY", "*")
        .env("no_proxy", "api.1password.com")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("SSL_CERT_FILE", "/nowhere")
        .run()
        .await
        .well();
    assert_eq!(ended.stdout, "1.1 200 0\n2 200 0\n2 200 0\n".repeat(3));
}

#[tokio::test]
async fn this_machines_own_name_is_reached_directly() {
    let call = "curl -sS --fail -v $ROLLCALL_URL/.well-known/oauth-authorization-server 2>&1; echo; echo $ROLLCALL_URL";
    let ended = script(call).await.well();
    let url = ended.stdout.lines().last().unwrap();
    assert!(url.starts_with("https://localhost:"), "{url}");
    assert!(!ended.stdout.contains("CONNECT"), "{}", ended.stdout);
    assert!(ended.stdout.contains(&format!("\"issuer\":\"{url}\"")), "{}", ended.stdout);
}

#[tokio::test]
async fn another_host_is_refused_with_words_and_told() {
    let call = "
        for to in https://example.com/ https://my.1password.com/ https://localhost:1/ https://127.0.0.1:1/; do
            curl -sS --noproxy '' $to && exit 9; done
        curl -sS --noproxy '' -w '%{http_code}\\n' --proxy $ROLLCALL_PROXY_URL http://example.com/
        curl -sS -w '%{http_code}\\n' $ROLLCALL_PROXY_URL";
    let ended = script(call).await.well();
    assert_eq!(ended.stderr.matches("response 403").count(), 4, "{}", ended.stderr);
    assert_eq!(ended.stdout.matches("405\n").count(), 2, "{}", ended.stdout);
    assert!(ended.stdout.contains("example.com was not called"), "{}", ended.stdout);
    ended.says("the proxy refused");
    ended.says("example.com:443");
}

/// Under somebody else's name there is the API, and neither pages nor a way to steer the double.
#[tokio::test]
async fn the_hosted_name_has_no_pages_and_no_control() {
    let call = "
        status() { curl -sS -o /dev/null -w \"%{http_code} \" \"$@\"; }
        for base in $ROLLCALL_HOSTED_URL $ROLLCALL_URL; do
            for protocol in --http1.1 --http2; do
                status $protocol $base/console/$ROLLCALL_ACCOUNT_ID
                status $protocol -H \"Authorization: Bearer $ROLLCALL_SANDBOX_TOKEN\" $base/sandbox/v1
            done
        done
        case $ROLLCALL_CONSOLE_URL in https://localhost:*) echo well;; esac";
    let ended = script(call).await.well();
    assert_eq!(ended.stdout, "404 403 404 403 303 200 303 200 well\n");
}

/// A cut is a cut for whoever comes by the proxy: the client hears of it and does not wait.
#[tokio::test]
async fn what_goes_wrong_comes_through_the_proxy() {
    let call = "
        fault() { $ROLLCALL sandbox fault add \"$@\" > /dev/null; }
        ends() { curl -sS -f -o /dev/null --user $ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET \
            -d grant_type=client_credentials \"$@\" $ROLLCALL_HOSTED_URL/v1/oauth/token && echo well || echo ended $?; }
        for how in --http1.1 --http2; do
            fault cut --times 1 --cut before; ends $how --max-time 30
            echo '{\"name\":\"half\",\"times\":1,\"effect\":{\"kind\":\"cut_body\",\"after_bytes\":20}}' \
                | fault --file -; ends $how --max-time 30
            fault silence --times 1 --silence; ends $how --max-time 1
            ends $how --max-time 30
        done";
    let ended = around(&[], call).env("ROLLCALL", rollcall_binary()).run().await.well();
    let said: Vec<&str> = ended.stdout.lines().collect();
    let [cut, half, silence, well, cut2, half2, silence2, well2] = said[..] else {
        panic!("{}", ended.stdout)
    };
    assert_eq!((silence, silence2, well, well2), ("ended 28", "ended 28", "well", "well"));
    // What curl calls it depends on its version; a time-out it is not.
    for ended in [cut, half, cut2, half2] {
        assert!(ended.starts_with("ended ") && ended != "ended 28", "{said:?}");
    }
}

#[tokio::test]
async fn loopback_is_all_that_it_listens_on() {
    for (option, address) in [
        ("--proxy-listen", "0.0.0.0:0"),
        ("--proxy-listen", "192.0.2.1:8788"),
        ("--listen", "0.0.0.0:0"),
        // On loopback, and not in the certificate.
        ("--listen", "127.0.0.2:0"),
    ] {
        let ended = Rollcall::new(["dev", "--tls", option, address, "--", "true"]).run().await;
        assert_eq!(ended.code(), 2, "{option} {address}: {}", ended.stderr);
        ended.says("127.0.0.1");
    }
    let ended = Rollcall::new(["dev", "--proxy-listen", "127.0.0.1:0", "--", "true"]).run().await;
    assert_eq!(ended.code(), 2);
    ended.says("--tls");
}

/// What openssl says of the certificate and its authority.
const FACTS: &str = "
    openssl x509 -in $ROLLCALL_CA_FILE -noout -text
    echo | openssl s_client -connect ${ROLLCALL_URL#https://} -servername api.1password.eu \
        -showcerts 2>/dev/null | openssl x509 > $LEAF
    openssl x509 -in $LEAF -noout -ext subjectAltName
    openssl x509 -in $LEAF -noout -checkend $((29 * 86400)) > /dev/null && echo a month
    openssl x509 -in $LEAF -noout -checkend $((31 * 86400)) > /dev/null || echo and no more
    for name in api.1password.com api.1password.ca api.1password.eu localhost; do
        openssl verify -x509_strict -purpose sslserver -verify_hostname $name -CAfile $ROLLCALL_CA_FILE $LEAF; done
    for address in 127.0.0.1 ::1; do
        openssl verify -x509_strict -purpose sslserver -verify_ip $address -CAfile $ROLLCALL_CA_FILE $LEAF; done";

#[tokio::test]
async fn the_certificate_is_what_it_should_be_as_openssl_sees_it() {
    let folder = TempDir::new().unwrap();
    let leaf = folder.path().join("leaf.pem");
    let ended = around(&[], FACTS).env("LEAF", &leaf).run().await.well();
    let said = &ended.stdout;
    let constraints = said.split("X509v3 Name Constraints: critical").nth(1).unwrap();
    let permitted: Vec<&str> = constraints
        .lines()
        .skip(1)
        .map(str::trim)
        .take_while(|line| !line.starts_with("X509v3"))
        .collect();
    assert_eq!(
        permitted,
        [
            "Permitted:",
            "DNS:api.1password.com",
            "DNS:api.1password.ca",
            "DNS:api.1password.eu",
            "DNS:localhost",
            "IP:127.0.0.1/255.255.255.255",
            "IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF",
        ]
    );
    assert!(
        said.contains("CA:TRUE, pathlen:0") && said.contains("a month\nand no more\n"),
        "{said}"
    );
    assert_eq!(said.matches("leaf.pem: OK").count(), 6, "{said}");
}

fn keys_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(keys_in(&path));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains("PRIVATE KEY") {
            found.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    found
}

#[tokio::test]
async fn a_kept_double_keeps_its_certificate_and_never_the_authoritys_key() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("double");
    let run = async || {
        let call = "cat $ROLLCALL_CA_FILE; curl -sS -o /dev/null -w '%{http_code}' $ROLLCALL_HOSTED_URL/openapi.json";
        let ended = around(&["--data", data.to_str().unwrap()], call).run().await.well();
        assert!(ended.stdout.ends_with("200"), "{}", ended.stdout);
        ended.stdout
    };
    assert_eq!(run().await, run().await);
    assert_eq!(keys_in(&data), ["key.pem"]);
    let mode = fs::metadata(data.join("tls/key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // And without a folder each run has its own, which is gone with it.
    let call = "cat $ROLLCALL_CA_FILE; echo; echo $ROLLCALL_CA_FILE";
    let (one, other) = (script(call).await.well().stdout, script(call).await.well().stdout);
    assert_ne!(one, other);
    assert!(!Path::new(one.lines().last().unwrap()).exists());
}

#[tokio::test]
async fn json_says_how_it_is_reached() {
    let arguments = START.iter().chain(&["--json", "--", "true"]);
    let ended = Rollcall::new(arguments).run().await.well();
    let line = ended.stderr.lines().find(|line| line.starts_with('{')).unwrap();
    let said: Value = serde_json::from_str(line).unwrap();
    note_secret(said["client_secret"].as_str().unwrap());
    assert_eq!(said["hosted_url"], "https://api.1password.com");
    for (field, start) in [
        ("base_url", "https://localhost:"),
        ("console_url", "https://localhost:"),
        ("sandbox_url", "https://localhost:"),
        ("inspector_url", "https://localhost:"),
        ("proxy_url", "http://127.0.0.1:"),
        ("ca_file", "/"),
    ] {
        let value = said[field].as_str().unwrap_or_default();
        assert!(value.starts_with(start), "{field}: {value}");
    }
}

#[tokio::test]
async fn the_commands_it_prints_can_be_pasted() {
    let mut process = Rollcall::new(START).spawn();
    let pasted = words_of_dev(&mut process).await;
    let start = pasted.iter().position(|line| line.contains("export HTTPS_PROXY=")).unwrap();
    let script = format!("set -e\n{}", pasted[start..].join("\n"));
    assert_eq!(script.matches("https://api.1password.com/").count(), 3, "the hosted name alone");
    let mut shell = tokio::process::Command::new("sh");
    // What some machines have there would keep curl from the proxy.
    let output = shell.args(["-c", &script]).env_remove("NO_PROXY").env_remove("no_proxy");
    let said = String::from_utf8(output.output().await.unwrap().stdout).unwrap();
    assert!(said.contains(r#""next_page_token":"#) && said.contains(r#""state":"SUSPENDED""#));
    send_signal(process.id().unwrap(), "TERM").await;
    assert_eq!(timeout(PATIENCE, process.wait()).await.unwrap().unwrap().code(), Some(0));
}
