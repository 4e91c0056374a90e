//! Copies of a store in files beside it, and one of them put back into the file that is being served:
//! by SQLite's own backup in both directions. Going back is one transaction of the writer. Readers keep
//! the snapshot they have; their next one is of the copy, and its new schema number makes every
//! prepared statement look again.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use serde::{Deserialize, Serialize};

use super::open::{Place, bring_up_to_date, look_at_file, remove_if_there, unusable};
use super::{backup, migrate};
use crate::Fault;
use crate::store::copies::{CopyName, KeptCopy};
use crate::world::Moment;

const FOLDER: &str = "copies";
const DATABASE: &str = "sqlite";
const ABOUT: &str = "json";

/// What lies beside a copy. Written last: without it there is no copy.
#[derive(Serialize, Deserialize)]
struct About {
    made: Moment,
    about: String,
}

fn file(place: &Place, name: &CopyName, end: &str) -> PathBuf {
    place.folder().join(FOLDER).join(format!("{name}.{end}"))
}

pub(in crate::store) fn keep(
    place: &Place,
    name: &CopyName,
    about: &str,
    made: Moment,
) -> Result<(), Fault> {
    let folder = place.folder().join(FOLDER);
    let made_folder = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made_folder.map_err(|error| unusable(&folder, &error))?;
    let about = About { made, about: about.to_owned() };
    let about = serde_json::to_vec(&about).map_err(|error| Fault::Unusable(error.to_string()))?;
    // Broken off anywhere, it leaves the copy that was there, or none.
    let (data, words) = (file(place, name, "unfinished"), file(place, name, "unfinished-json"));
    empty_file(&data)?;
    backup::copy(place, &data, &mut |_| {})?;
    empty_file(&words)?;
    let finished = fs::write(&words, about)
        .and_then(|()| remove_if_there(&file(place, name, ABOUT)).map(|_| ()))
        .and_then(|()| fs::rename(&data, file(place, name, DATABASE)))
        .and_then(|()| fs::rename(&words, file(place, name, ABOUT)))
        .and_then(|()| File::open(&folder)?.sync_all());
    finished.map_err(|error| unusable(&folder, &error))
}

fn empty_file(path: &Path) -> Result<(), Fault> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map(|_| ())
        .map_err(|error| unusable(path, &error))
}

pub(in crate::store) fn all(place: &Place) -> Result<Vec<KeptCopy>, Fault> {
    let folder = place.folder().join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unusable(&folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let is_words = path.extension().is_some_and(|end| end == ABOUT);
        let name =
            path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        let Some(name) = name.filter(|_| is_words) else { continue };
        found.extend(one(place, name)?);
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn one(place: &Place, name: CopyName) -> Result<Option<KeptCopy>, Fault> {
    let words = file(place, &name, ABOUT);
    let text = match fs::read(&words) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(&words, &error)),
    };
    let About { made, about } = serde_json::from_slice(&text)
        .map_err(|error| Fault::Unusable(format!("{}: {error}", words.display())))?;
    let data = file(place, &name, DATABASE);
    let bytes = fs::metadata(&data).map_err(|error| unusable(&data, &error))?.len();
    Ok(Some(KeptCopy { name, about, made, bytes }))
}

pub(in crate::store) fn remove(place: &Place, name: &CopyName) -> Result<bool, Fault> {
    let folder = place.folder().join(FOLDER);
    let removed = remove_if_there(&file(place, name, ABOUT))
        .and_then(|there| remove_if_there(&file(place, name, DATABASE)).map(|_| there));
    removed.map_err(|error| unusable(&folder, &error))
}

/// What an older program kept is brought up to date aside, where nobody reads it yet.
fn of_today(place: &Place, name: &CopyName) -> Result<Connection, Fault> {
    let data = file(place, name, DATABASE);
    let kept = look_at_file(&data)?;
    if migrate::up_to_date(&kept).is_ok() {
        return Ok(kept);
    }
    drop(kept);
    let aside = file(place, name, "unfinished");
    // Of one that was broken off here: SQLite would play it into the new file.
    let journal = file(place, name, "unfinished-journal");
    remove_if_there(&journal).map_err(|error| unusable(&journal, &error))?;
    fs::copy(&data, &aside).map_err(|error| unusable(&aside, &error))?;
    let mut db = Connection::open(&aside)?;
    bring_up_to_date(&mut db)?;
    db.close().map_err(|(_, error)| error)?;
    fs::rename(&aside, &data).map_err(|error| unusable(&data, &error))?;
    look_at_file(&data)
}

/// On the writer's thread, between two batches.
pub(super) fn put_back(db: &mut Connection, place: &Place, name: &CopyName) -> Result<bool, Fault> {
    if one(place, name.clone())?.is_none() {
        return Ok(false);
    }
    let from = of_today(place, name)?;
    // Pages are written over pages.
    let size = |db: &Connection| db.query_row("pragma page_size", [], |row| row.get::<_, u32>(0));
    if size(&from)? != size(db)? {
        return Err(Fault::Unusable(format!("the copy {name} has pages of another size")));
    }
    {
        let backup = Backup::new(&from, db)?;
        match backup.step(-1)? {
            StepResult::Done => {}
            // Dropped unfinished, it rolls back.
            _ => return Err(Fault::Busy("another process writes to the store".to_owned())),
        }
    }
    // The log is counted when a statement ends, and the copying was none.
    db.query_row("select count(*) from meta", [], |_| Ok(()))?;
    Ok(true)
}
