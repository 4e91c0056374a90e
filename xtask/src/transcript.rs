//! `cargo xtask transcript`: runs the incident of the guide and writes anew what its commands said,
//! and the terminal's picture in the README. An ordinary run of the tests writes nothing, and says
//! where the two are not what the commands say today.

use anyhow::Result;

use crate::command::{cargo, run};
use crate::workspace::Workspace;

pub(crate) fn write(workspace: &Workspace) -> Result<bool> {
    run(cargo(&workspace.root).args(["build", "--package", "rollcall"]))?;
    let test = ["test", "--package", "rollcall-system-tests", "--test", "system", "--"];
    run(cargo(&workspace.root)
        .args(test)
        .arg("responder::transcript")
        .env("ROLLCALL_BIN", workspace.rollcall())
        .env("ROLLCALL_WRITE_TRANSCRIPT", "1"))?;
    println!("docs/guide/incident.md and docs/pictures/contain.svg are written: look at both");
    Ok(true)
}
