//! `rollcall conform`: holds any server that claims the Users API against what is known of it, and
//! says what differs, each with its source.

mod client;
mod fact;
mod findings;
mod gather;
mod judge;
mod options;
mod probe;
mod says;

use rollcall_wire::route::Family;

pub use options::Options;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::runtime;
use client::Client;
use findings::{FamilyFindings, Findings};
use gather::Trouble;
use options::Format;

/// Why there is nothing to say about the server.
enum ConformError {
    WrongUse(String),
    Unreached(String),
}

pub fn run(options: &Options, printer: &Printer) -> ExitStatus {
    let Some(runtime) = runtime::of_one_thread(printer) else {
        return ExitStatus::Failed;
    };
    match runtime.block_on(check(options, printer)) {
        Ok(findings) => {
            match options.format() {
                Format::Text => printer.data(&says::words(&findings)),
                Format::Json => printer.data(&says::json(&findings)),
                Format::Junit => match says::junit(&findings) {
                    Ok(text) => printer.data(text.trim_end()),
                    Err(error) => {
                        printer.error(&error, None);
                        return ExitStatus::Failed;
                    }
                },
            }
            for why in findings.not_put_back() {
                printer.error(why, Some("put the person back by hand"));
            }
            if findings.is_good() { ExitStatus::Done } else { ExitStatus::Failed }
        }
        Err(ConformError::WrongUse(what)) => {
            printer.error(&what, None);
            ExitStatus::WrongUse
        }
        Err(ConformError::Unreached(what)) => {
            printer.error(&what, None);
            ExitStatus::Unreached
        }
    }
}

async fn check(options: &Options, printer: &Printer) -> Result<Findings, ConformError> {
    let secret = options.secret().map_err(ConformError::WrongUse)?;
    let families: Vec<Family> =
        Family::ALL.iter().copied().filter(|family| options.routes.serves(*family)).collect();
    let per_second = options.per_second();
    let mut client = Client::new(&options.target, options.timeout(), per_second)
        .map_err(ConformError::WrongUse)?;
    printer.say(&says::beforehand(options, families.len(), per_second));
    let mut findings = Findings { target: options.target.to_string(), families: Vec::new() };
    for family in families {
        let known = gather::known(family, &options.account, &options.client_id, &secret);
        match gather::gather(&mut client, known, options.user.as_deref()).await {
            Ok(seen) => findings.families.push(FamilyFindings::of(family, &seen)),
            Err(Trouble::NotServed) => findings.families.push(FamilyFindings::not_served(family)),
            Err(Trouble::NoPerson(why)) => return Err(ConformError::WrongUse(why)),
            Err(Trouble::Unreachable(why)) => {
                return Err(ConformError::Unreached(format!("no answer from the server: {why}")));
            }
            Err(Trouble::NoToken(answered)) => {
                return Err(ConformError::Unreached(format!(
                    "no token under {family}: the request was answered {answered}; are the client id and its secret right?"
                )));
            }
        }
    }
    if findings.families.iter().all(|family| !family.is_served) {
        return Err(ConformError::Unreached(
            "the server has none of the families: its token addresses are answered 404".to_owned(),
        ));
    }
    Ok(findings)
}
