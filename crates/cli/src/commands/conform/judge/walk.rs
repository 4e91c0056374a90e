//! Of a walk through the whole list.

use std::collections::HashSet;

use serde_json::Value;

use super::{Judged, differs, must, quoted, unknown};
use crate::commands::conform::client::Answer;
use crate::commands::conform::gather::{Seen, ids_of};

fn people(seen: &Seen) -> impl Iterator<Item = &Value> {
    seen.walk.pages.iter().filter_map(Answer::people).flatten()
}

pub(super) fn whole(seen: &Seen) -> Judged {
    let walk = &seen.walk;
    if walk.pages.is_empty() {
        return unknown("there is no list of people");
    }
    let mut met = HashSet::new();
    for page in &walk.pages {
        for id in ids_of(page.people().unwrap_or_default()) {
            if !met.insert(id) {
                return differs(format!("{} was shown twice", quoted(id)));
            }
        }
    }
    if let Some(why) = &walk.broke_off {
        return differs(why.clone());
    }
    match &walk.expected {
        Some(_) if !walk.has_ended => differs("it did not end where a walk in larger pages did"),
        Some(expected) => match expected.iter().find(|id| !met.contains(id.as_str())) {
            Some(id) => differs(format!("{} was left out", quoted(id))),
            None => Ok(()),
        },
        None if !walk.has_ended => {
            unknown(format!("not walked to the end: there are more than {} people", met.len()))
        }
        None => Ok(()),
    }
}

pub(super) fn end(seen: &Seen) -> Judged {
    let Some(last) = seen.walk.pages.last().filter(|_| seen.walk.has_ended) else {
        return unknown("the last page was not seen");
    };
    match last.field("next_page_token") {
        None => Ok(()),
        Some(Value::String(text)) if text.is_empty() => Ok(()),
        Some(other) => differs(format!("it is {}", quoted(&other.to_string()))),
    }
}

pub(super) fn order(seen: &Seen) -> Judged {
    let keys: Vec<(&str, &str)> = people(seen)
        .filter_map(|user| Some((user["create_time"].as_str()?, user["id"].as_str()?)))
        .collect();
    if keys.len() < 2 || whole(seen).is_err() {
        return unknown("no whole walk was seen");
    }
    must(keys.is_sorted(), || "they come in another order".to_owned())
}
