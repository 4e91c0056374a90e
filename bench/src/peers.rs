//! The servers beside ours: the bare one, and those from npm that `cargo xtask bench` installed.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE64;
use serde_json::json;

use crate::server::{Running, Server, beside_this, on_the_servers_core};

/// The bare server, with answers as large as these.
pub(crate) struct Sizes {
    pub(crate) token: usize,
    pub(crate) user: usize,
    pub(crate) list: usize,
}

impl Sizes {
    /// As our server answers, with the page that stands in the middle.
    pub(crate) fn of(server: &Server, user: &str, page_token: &str) -> Result<Self> {
        let mut caller = server.caller()?;
        let mut size = |write: &dyn Fn(&mut Vec<u8>)| -> Result<usize> {
            let mut request = Vec::new();
            write(&mut request);
            Ok(caller.body(&request)?.len())
        };
        Ok(Self {
            token: size(&|into| server.write_token_request(into))?,
            user: size(&|into| server.write_get(into, user))?,
            list: size(&|into| server.write_list(into, 25, page_token))?,
        })
    }
}

pub(crate) fn bare(sizes: &Sizes) -> Result<Running> {
    let mut command = on_the_servers_core(&beside_this("rollcall-bench")?);
    command.arg("bare");
    for (name, bytes) in
        [("--token-bytes", sizes.token), ("--user-bytes", sizes.user), ("--list-bytes", sizes.list)]
    {
        command.args([name, &bytes.to_string()]);
    }
    Running::start(&mut command, |line| line.trim().parse().ok())
}

/// Where npm put them.
pub(crate) struct Npm {
    folder: PathBuf,
}

pub(crate) const OIDC_BASIC: (&str, &str) = ("bench", "bench-secret");

impl Npm {
    pub(crate) fn at(folder: &Path) -> Result<Self> {
        ensure!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "the servers from npm are not in {}; start this by `cargo xtask bench`",
            folder.display()
        );
        Ok(Self { folder: folder.to_owned() })
    }

    pub(crate) fn oidc_provider(&self) -> Result<Running> {
        let mut node = on_the_servers_core(Path::new("node"));
        node.arg("oidc.mjs").current_dir(&self.folder).stderr(Stdio::null());
        Running::start(&mut node, |line| line.trim().parse().ok()).context("oidc-provider")
    }

    pub(crate) fn oidc_basic() -> String {
        BASE64.encode(format!("{}:{}", OIDC_BASIC.0, OIDC_BASIC.1).as_bytes())
    }

    /// Prism, with a page that our server gave as its one example.
    pub(crate) fn prism(&self, page: &[u8]) -> Result<Running> {
        let description = self.folder.join("list.json");
        let example: serde_json::Value = serde_json::from_slice(page)?;
        let parameter = |name: &str, place: &str, required: bool| json!({"name": name, "in": place, "required": required, "schema": {"type": "string"}});
        let text = json!({
            "openapi": "3.0.3",
            "info": {"title": "one list", "version": "1"},
            "paths": {"/v1beta1/accounts/{account}/users": {"get": {
                "parameters": [
                    parameter("account", "path", true),
                    parameter("max_page_size", "query", false),
                    parameter("page_token", "query", false),
                ],
                "responses": {"200": {
                    "description": "a page",
                    "content": {"application/json": {"example": example}},
                }},
            }}},
        });
        std::fs::write(&description, text.to_string())?;
        let address = free_address()?;
        let mut node = on_the_servers_core(Path::new("node"));
        node.arg("node_modules/@stoplight/prism-cli/dist/index.js")
            .args(["mock", "--host", "127.0.0.1", "--verboseLevel", "silent", "--port"])
            .arg(address.port().to_string())
            .arg("list.json")
            .current_dir(&self.folder)
            .stderr(Stdio::null());
        Running::start_at(&mut node, address).context("Prism")
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
