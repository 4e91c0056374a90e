//! A run's folder: private, one apply at a time, never another's plan.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rollcall_sdk::State;

use super::*;
use crate::plan::tests::{person, to_do};
use crate::plan::{Finding, Line};

struct Place {
    runs: Runs,
    _folder: tempfile::TempDir,
}

fn a_place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    Place { runs: Runs::new(folder.path().join("state/runs")), _folder: folder }
}

#[test]
fn a_run_is_nobody_elses_business() {
    let place = a_place();
    let plan = to_do(&["ann"]);
    let folder = place.runs.make(&plan).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.runs.root()), 0o700);
    assert_eq!(mode(folder.path()), 0o700);
    for file in [PLAN, JOURNAL] {
        assert_eq!(mode(&folder.path().join(file)), 0o600, "{file}");
    }
    assert_eq!(folder.plan().unwrap(), plan);
    assert_eq!(folder.journal(&plan).unwrap(), Journal::default());
}

#[test]
fn one_apply_at_a_time() {
    let place = a_place();
    let plan = to_do(&["ann"]);
    let folder = place.runs.make(&plan).unwrap();
    assert!(!folder.is_in_use().unwrap());
    let opened = folder.open(&plan).unwrap();
    assert!(folder.is_in_use().unwrap());
    assert!(matches!(folder.open(&plan), Err(RunError::InUse { .. })));
    assert!(matches!(place.runs.make(&plan), Err(RunError::InUse { .. })));
    assert_eq!(folder.journal(&plan).unwrap(), opened.journal, "others may look");
    drop(opened);
    assert!(!folder.is_in_use().unwrap());
    folder.open(&plan).unwrap();
}

#[test]
fn a_folder_is_of_one_plan() {
    let place = a_place();
    let plan = to_do(&["ann"]);
    let folder = place.runs.make(&plan).unwrap();
    assert_eq!(place.runs.make(&plan).unwrap().path(), folder.path(), "the same again");
    let mut other = plan.clone();
    let finding = Finding::ToDo { person: person("ben", State::Active) };
    other.lines.push(Line { number: 2, given: "ben".to_owned(), finding });
    assert!(matches!(place.runs.make(&other), Err(RunError::OtherRun { .. })));
    other.run = "../elsewhere".to_owned();
    assert!(matches!(place.runs.make(&other), Err(RunError::NoName(_))));
}

/// A folder whose making was cut off has no plan or no journal, and is made whole.
#[test]
fn a_folder_that_was_half_made_is_made_whole() {
    let place = a_place();
    let plan = to_do(&["ann"]);
    let folder = place.runs.make(&plan).unwrap();
    fs::remove_file(folder.path().join(PLAN)).unwrap();
    fs::write(folder.path().join("plan.json.new"), b"{\"version\": 1, ").unwrap();
    assert_eq!(place.runs.names().unwrap(), Vec::<String>::new(), "no run yet");
    assert_eq!(place.runs.make(&plan).unwrap().plan().unwrap(), plan);
    fs::remove_file(folder.path().join(JOURNAL)).unwrap();
    assert_eq!(folder.journal(&plan).unwrap(), Journal::default());
    assert!(!folder.is_in_use().unwrap());
    place.runs.make(&plan).unwrap();
    folder.open(&plan).unwrap();
}

#[test]
fn an_edited_plan_in_the_folder_is_refused() {
    let place = a_place();
    let plan = to_do(&["ann"]);
    let folder = place.runs.make(&plan).unwrap();
    let path = folder.path().join(PLAN);
    let edited = fs::read_to_string(&path).unwrap().replace("\"ANN\"", "\"EVE\"");
    fs::write(&path, edited).unwrap();
    for error in [folder.plan().unwrap_err(), place.runs.make(&plan).unwrap_err()] {
        assert!(matches!(error, RunError::Plan { error: PlanError::Edited { .. }, .. }), "{error}");
    }
}

#[test]
fn a_broken_journal_is_refused_and_left_as_it_is() {
    let place = a_place();
    let plan = to_do(&["ann"]);
    let folder = place.runs.make(&plan).unwrap();
    let path = folder.path().join(JOURNAL);
    fs::write(&path, b"{\"crc\":\"00000000\",\"n\":1}\n{").unwrap();
    for error in [folder.open(&plan).err().unwrap(), folder.journal(&plan).unwrap_err()] {
        assert!(matches!(&error, RunError::Broken { error, .. } if error.line == 1), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), b"{\"crc\":\"00000000\",\"n\":1}\n{");
    assert!(!folder.is_in_use().unwrap(), "the lock went with the refusal");
}

#[test]
fn runs_are_found_by_their_names() {
    let place = a_place();
    assert_eq!(place.runs.names().unwrap(), Vec::<String>::new());
    let (one, other) = (to_do(&["ann"]), to_do(&["ben"]));
    for plan in [&one, &other] {
        place.runs.make(plan).unwrap();
    }
    fs::create_dir(place.runs.root().join("2026-11-26-no-plan")).unwrap();
    let mut names = [one.run.clone(), other.run];
    names.sort();
    assert_eq!(place.runs.names().unwrap(), names);
    assert_eq!(place.runs.find(&one.run).unwrap().run(), one.run);
    assert!(matches!(place.runs.find("2026-11-26-no-plan"), Err(RunError::NotThere { .. })));
    assert!(matches!(place.runs.find("../state"), Err(RunError::NoName(_))));
}
