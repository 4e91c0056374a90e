//! The console of an account of a million people: the first page of the list, a search, and an
//! application's page, each against the API's list of 25 by the same server in turn; and what the
//! first load of a page weighs with everything that belongs to it.

use anyhow::{Context as _, Result, ensure};

use super::{Options, row};
use crate::http::Caller;
use crate::load::{Aim, Waits, shoot};
use crate::report::{Disturbance, Goal, Section, number, per_second};
use crate::server::{Server, Start, pin};
use crate::shot::{Shot, Spread};

const MANY: usize = 1_000_000;
const CONNECTIONS: usize = 16;
/// Somebody in the middle of the million.
const SEARCHED: &str = "search=wei.li50";
const FIRST_LOAD_MAX_KIB: f64 = 60.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Api,
    People,
    Search,
    Application,
}

impl Asked {
    const ALL: [Self; 4] = [Self::Api, Self::People, Self::Search, Self::Application];

    const fn words(self) -> &'static str {
        match self {
            Self::Api => "the API's list of 25",
            Self::People => "people, first page",
            Self::Search => "people, a search",
            Self::Application => "an application's page",
        }
    }
}

/// Somebody who has signed in, and what they ask for.
struct Visit {
    cookie: String,
    people: String,
    search: String,
    application: String,
}

pub(super) fn measure(options: &Options) -> Result<Section> {
    let folder = tempfile::tempdir()?;
    let start = Start { users: MANY, folder: Some(folder.path()), both_cores: true };
    let mut server = Server::start(&start)?;
    let visit = Visit::begin(&server)?;
    let weights = [
        ("the sign-in page", weight(&server, &format!("{}/sign-in", base(&server)?), "")?),
        ("people", weight(&server, &visit.people, &visit.cookie)?),
        ("an application's page", weight(&server, &visit.application, &visit.cookie)?),
    ];
    server.take_token()?;
    let mut noise = Disturbance::default();
    let mut rounds: Vec<[Shot; 4]> = Vec::new();
    for _ in 0..options.rounds() {
        let mut shot = |asked| noise.shoot(|| shots(&server, &visit, asked, options));
        let [api, people, search, application] = Asked::ALL;
        rounds.push([shot(api)?, shot(people)?, shot(search)?, shot(application)?]);
    }
    let ratio = |asked: Asked| {
        Spread::of(rounds.iter().map(|of| of[asked as usize].per_second() / of[0].per_second()))
    };
    let mut rows: Vec<Vec<String>> = Asked::ALL
        .iter()
        .map(|asked| {
            let of = |value: &dyn Fn(&Shot) -> f64| {
                Spread::of(rounds.iter().map(|round| value(&round[*asked as usize])))
            };
            let millis = |percent| of(&|shot| shot.percentile_ms(0, percent)).words(number);
            let rate = of(&Shot::per_second).words(per_second);
            let cost = of(&Shot::server_cpu_micros_per_call).words(number);
            let ratio = ratio(*asked).words(number);
            row([&asked.words(), &rate, &ratio, &millis(50), &millis(99), &cost])
        })
        .collect();
    for (name, kib) in weights {
        let words = format!("first load of {name}, KiB");
        rows.push(row([&words, &number(kib), &"", &"", &"", &""]));
    }
    let heaviest = Spread::of([weights.iter().map(|(_, kib)| *kib).fold(0.0, f64::max)]);
    Ok(Section {
        title: "The console".to_owned(),
        how: format!(
            "Signed in, on an account of a million people, at {CONNECTIONS} connections; what is asked in turn. A first load is the page, its style sheet, its script and its mark, with their headers, uncompressed."
        ),
        columns: ["asked", "a second", "of the API's", "p50 ms", "p99 ms", "CPU µs a call"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        goals: vec![
            Goal::at_least(
                "people of a million, first page: rate over the API's list of 25",
                0.5,
                ratio(Asked::People),
            ),
            Goal::at_least(
                "people of a million, search: rate over the API's list of 25",
                0.5,
                ratio(Asked::Search),
            ),
            Goal::at_least(
                "an application's page: rate over the API's list of 25",
                0.5,
                ratio(Asked::Application),
            ),
            Goal::at_most(
                "first load of the heaviest page with all assets, KiB",
                FIRST_LOAD_MAX_KIB,
                heaviest,
            ),
        ],
        noise: noise.words(),
    })
}

fn base(server: &Server) -> Result<String> {
    Ok(format!("/console/{}", server.told("account_id")?))
}

impl Visit {
    fn begin(server: &Server) -> Result<Self> {
        let base = base(server)?;
        let field = |name: &str, value: &str| {
            let escaped: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            format!("{name}={escaped}")
        };
        let form = [
            field("email", &server.told("owner_email")?),
            field("password", &server.told("owner_password")?),
        ]
        .join("&");
        let authority = server.running.address;
        let request = format!(
            "POST {base}/sign-in HTTP/1.1\r\nHost: {authority}\r\nOrigin: http://{authority}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let mut caller = server.caller()?;
        let (status, _) = caller.call(request.as_bytes())?;
        ensure!(status == 303, "the sign-in was answered {status}");
        let cookie = caller.headers("set-cookie").into_iter().find_map(|cookie| {
            let (pair, _) = cookie.split_once(';')?;
            pair.starts_with("rollcall-session=").then(|| pair.to_owned())
        });
        let visit = Self {
            cookie: cookie.context("the sign-in set no session")?,
            people: format!("{base}/people"),
            search: format!("{base}/people?{SEARCHED}"),
            application: format!("{base}/integrations/{}", server.told("client_id")?),
        };
        visit.is_what_it_seems(&mut caller)?;
        Ok(visit)
    }

    /// A page that says "nobody" would be fast too.
    fn is_what_it_seems(&self, caller: &mut Caller) -> Result<()> {
        for (path, words) in [
            (&self.people, "Olivia Owusu"),
            (&self.search, "wei.li50"),
            (&self.application, "Containment"),
        ] {
            let body = caller.body(&request(path, &self.cookie))?;
            let text = String::from_utf8_lossy(body);
            let times = text.matches(words).count();
            // What is searched for stands in its field too.
            ensure!(times > usize::from(*path == self.search), "{words:?} is not at {path}");
        }
        Ok(())
    }

    fn path(&self, asked: Asked) -> &str {
        match asked {
            Asked::Api => "",
            Asked::People => &self.people,
            Asked::Search => &self.search,
            Asked::Application => &self.application,
        }
    }
}

fn request(path: &str, cookie: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n"
    )
    .into_bytes()
}

fn shots(server: &Server, visit: &Visit, asked: Asked, options: &Options) -> Result<Shot> {
    pin(server.running.id(), "0")?;
    let processes = [server.running.id()];
    let aim = Aim {
        addresses: &[server.running.address],
        processes: &processes,
        connections: CONNECTIONS,
        waits: Waits::Asleep,
        warm_up: Options::WARM_UP,
        measured: options.measured(),
    };
    let page = request(visit.path(asked), &visit.cookie);
    let shot = shoot(&aim, &mut |into: &mut Vec<u8>| {
        match asked {
            Asked::Api => server.write_list(into, 25, ""),
            Asked::People | Asked::Search | Asked::Application => into.extend_from_slice(&page),
        }
        0
    });
    shot.with_context(|| asked.words())
}

/// KiB on the wire of a page and of everything of ours that it names.
#[allow(clippy::cast_precision_loss, reason = "a page is far below 2^52 bytes")]
fn weight(server: &Server, path: &str, cookie: &str) -> Result<f64> {
    let mut caller = server.caller()?;
    let page = String::from_utf8(caller.body(&request(path, cookie))?.to_vec())?;
    let mut bytes = caller.answer_bytes();
    let mut assets: Vec<&str> =
        page.split('"').filter(|text| text.starts_with("/console/assets/")).collect();
    assets.sort_unstable();
    assets.dedup();
    ensure!(assets.len() >= 2, "{path} has no style sheet and script");
    for asset in assets {
        caller.body(&request(asset, cookie))?;
        bytes += caller.answer_bytes();
    }
    Ok(bytes as f64 / 1024.0)
}
