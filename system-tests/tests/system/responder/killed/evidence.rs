//! What is there after a run that was killed and resumed, and what must be true of it. The journal
//! is read as the text it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ground::Ground;

pub(super) struct Evidence {
    /// Suspended in this round by the audit log, in order.
    pub(super) changed: Vec<String>,
    /// Everybody who is suspended now.
    pub(super) suspended: BTreeSet<String>,
    /// Whom the run asked to suspend, in order, as it arrived at the server.
    pub(super) asked: Vec<String>,
    pub(super) complaints: Vec<String>,
    pub(super) journal: String,
}

impl Evidence {
    /// Every violation, in words; none where all is as promised.
    pub(super) fn violations(&self, ground: &Ground, before: &BTreeSet<String>) -> Vec<String> {
        let mut found = self.complaints.clone();
        let mut must = |is_so: bool, what: String| {
            if !is_so {
                found.push(what);
            }
        };
        let should: BTreeSet<String> = ground.planned.union(before).cloned().collect();
        must(
            self.suspended == should,
            format!(
                "missed: {:?}; touched: {:?}",
                should.difference(&self.suspended).collect::<Vec<_>>(),
                self.suspended.difference(&should).collect::<Vec<_>>()
            ),
        );
        let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
        for person in &self.asked {
            *asked.entry(person).or_default() += 1;
        }
        for person in &ground.planned {
            let times = asked.remove(person.as_str()).unwrap_or_default();
            must(times == 1, format!("{person} was asked for {times} times"));
        }
        // A refusal that was not yet written down is asked for again.
        asked.retain(|person, _| !ground.refused.contains(*person));
        must(asked.is_empty(), format!("asked for without a plan: {asked:?}"));
        let once: BTreeSet<&String> = self.changed.iter().collect();
        must(
            once.len() == self.changed.len(),
            format!("in the audit log twice: {:?}", self.changed),
        );
        let done = self.done_by_the_journal(&mut must);
        must(
            done.iter().collect::<BTreeSet<_>>() == once,
            format!("the journal says {done:?}, the audit log {once:?}"),
        );
        found
    }

    /// Each once, after an intent of theirs; and the run is over.
    fn done_by_the_journal(&self, must: &mut impl FnMut(bool, String)) -> Vec<String> {
        let (mut meant, mut done) = (BTreeSet::new(), Vec::new());
        let mut last = String::new();
        must(self.journal.ends_with('\n'), "the journal's last line has no end".to_owned());
        for line in self.journal.lines() {
            let Ok(entry) = serde_json::from_str::<Value>(line) else {
                must(false, format!("a line of the journal is no JSON: {line:?}"));
                continue;
            };
            last = entry["record"].as_str().unwrap_or_default().to_owned();
            let person = entry["person"].as_str().unwrap_or_default().to_owned();
            match (last.as_str(), entry["outcome"].as_str()) {
                ("intent", _) => {
                    meant.insert(person);
                }
                ("outcome", Some("done")) => {
                    must(meant.contains(&person), format!("{person} is done without an intent"));
                    must(!done.contains(&person), format!("{person} is done twice"));
                    done.push(person);
                }
                _ => {}
            }
        }
        must(last == "finished", format!("the journal ends with {last:?}"));
        done
    }
}
