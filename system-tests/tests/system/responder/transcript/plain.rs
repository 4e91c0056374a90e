//! What differs from one run to the next, put the same: times, names of runs, digests, ids of
//! requests, the port, the folder. Nothing changes its width, so that columns stay where they are.

use regex::Regex;

pub(in crate::responder) struct Plain {
    exact: Vec<(String, String)>,
    time: Regex,
    run: Regex,
    digest: Regex,
    request: Regex,
    took: Regex,
    runs: Vec<String>,
    digests: Vec<String>,
}

impl Plain {
    /// `exact`: what is written instead of what.
    pub(in crate::responder) fn new(exact: &[(&str, &str)]) -> Self {
        let pattern = |text| Regex::new(text).expect("a pattern");
        Self {
            exact: exact.iter().map(|(is, put)| ((*is).to_owned(), (*put).to_owned())).collect(),
            time: pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"),
            run: pattern(r"\b\d{4}-\d\d-\d\d-([a-z0-9-]+)-([a-z2-7]{6})\b"),
            digest: pattern(r"\b[0-9a-f]{64}\b"),
            request: pattern(r"\b[0-9a-f]{16}\b"),
            took: pattern(r"\(\d+\.\d s\b"),
            runs: Vec::new(),
            digests: Vec::new(),
        }
    }

    pub(in crate::responder) fn text(&mut self, said: &str) -> String {
        let mut text = said.to_owned();
        for (is, put) in &self.exact {
            text = text.replace(is, put);
        }
        text = self.time.replace_all(&text, "2026-11-26T03:14:15Z").into_owned();
        text = self.request.replace_all(&text, "9f2c41d07be8a635").into_owned();
        text = self.took.replace_all(&text, "(1.7 s").into_owned();
        let runs = &mut self.runs;
        let named = |found: &regex::Captures<'_>| {
            let place = place_of(&found[2], runs);
            format!("2026-11-26-{}-{}", &found[1], &FIXED[place % FIXED.len()][..6])
        };
        text = self.run.replace_all(&text, named).into_owned();
        let digests = &mut self.digests;
        let digest = |found: &regex::Captures<'_>| {
            FIXED[place_of(&found[0], digests) % FIXED.len()].repeat(4)
        };
        self.digest.replace_all(&text, digest).into_owned()
    }
}

/// For the first of a kind, the second, and so on: sixteen digits each.
const FIXED: [&str; 4] =
    ["7c2e5d9a44b2f358", "b34a60c2d17e8f03", "2fd7637be6a05c49", "e63b5f7a921cd684"];

fn place_of(text: &str, known: &mut Vec<String>) -> usize {
    if let Some(place) = known.iter().position(|one| one == text) {
        return place;
    }
    known.push(text.to_owned());
    known.len() - 1
}

#[test]
fn the_same_stays_the_same_and_keeps_its_width() {
    let mut plain = Plain::new(&[("http://127.0.0.1:41234", "http://127.0.0.1:8787")]);
    let digest = "a1".repeat(32);
    let said = format!(
        "at http://127.0.0.1:41234, 2027-01-02-inc-4711-a2a3a4 {digest} 2027-01-02T10:11:12Z"
    );
    let text = plain.text(&said);
    assert!(
        text.starts_with("at http://127.0.0.1:8787, 2026-11-26-inc-4711-7c2e5d 7c2e5d9a44b2f358")
    );
    assert!(text.ends_with("2026-11-26T03:14:15Z"), "{text}");
    assert_eq!(plain.text(&said), text);
    assert_eq!(plain.text("2027-01-02-undo-x-b2c3d4"), "2026-11-26-undo-x-b34a60");
}
