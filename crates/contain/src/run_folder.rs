//! `RUNS/RUN/`: the plan as it is carried out, and the journal of that. Made so that a crash at any
//! moment leaves a folder that the same command can go on with.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::journal::{Journal, JournalBroken, Record};
use crate::plan::{Digest, Plan, PlanError, is_run_name};
use crate::progress::Progress;

const PLAN: &str = "plan.json";
const JOURNAL: &str = "journal.jsonl";
/// A look at a run holds its lock for less than a millisecond.
const LOCK_TRIES: u32 = 10;
const LOCK_WAIT: Duration = Duration::from_millis(20);

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("{}: {error}", .path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{}: {error}", .path.display())]
    Plan { path: PathBuf, error: PlanError },
    #[error("{}: {error}", .path.display())]
    Broken { path: PathBuf, error: JournalBroken },
    #[error("{}: the journal is that of another plan", .path.display())]
    OtherPlan { path: PathBuf },
    #[error("there is a run {run} with another plan in {}", .path.display())]
    OtherRun { run: String, path: PathBuf },
    #[error("run {run} is being applied by another process")]
    InUse { run: String },
    #[error("{0:?} is no name of a run")]
    NoName(String),
    #[error("no run is called {name:?} in {}", .runs.display())]
    NotThere { name: String, runs: PathBuf },
}

/// The folder that holds the runs.
#[derive(Clone, Debug)]
pub struct Runs {
    root: PathBuf,
}

impl Runs {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Their names, the oldest first. None where there is no folder.
    pub fn names(&self) -> Result<Vec<String>, RunError> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error(&self.root, error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| io_error(&self.root, error))?;
            if let Some(name) = entry.file_name().to_str()
                && is_run_name(name)
                && entry.path().join(PLAN).is_file()
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The run of this whole name.
    pub fn find(&self, name: &str) -> Result<RunFolder, RunError> {
        if !is_run_name(name) {
            return Err(RunError::NoName(name.to_owned()));
        }
        let folder = self.folder(name);
        if folder.path.join(PLAN).is_file() {
            return Ok(folder);
        }
        Err(RunError::NotThere { name: name.to_owned(), runs: self.root.clone() })
    }

    /// The folder of this plan's run: the one that is there, or a new one.
    pub fn make(&self, plan: &Plan) -> Result<RunFolder, RunError> {
        if !is_run_name(&plan.run) {
            return Err(RunError::NoName(plan.run.clone()));
        }
        let folder = self.folder(&plan.run);
        let private = |path: &Path, recursive| {
            DirBuilder::new()
                .recursive(recursive)
                .mode(0o700)
                .create(path)
                .map_err(|error| io_error(path, error))
        };
        private(&self.root, true)?;
        match private(&folder.path, false) {
            Err(RunError::Io { error, .. }) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
        sync_folder(&self.root)?;
        // The lock keeps two who make the same run from writing one plan together.
        let lock = folder.lock()?;
        let path = folder.path.join(PLAN);
        match folder.plan() {
            Ok(there) if there == *plan => {}
            Ok(_) => return Err(RunError::OtherRun { run: plan.run.clone(), path: folder.path }),
            Err(RunError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                write_whole(&path, &plan.to_file())?;
            }
            Err(error) => return Err(error),
        }
        sync_folder(&folder.path)?;
        drop(lock);
        Ok(folder)
    }

    fn folder(&self, run: &str) -> RunFolder {
        RunFolder { path: self.root.join(run), run: run.to_owned() }
    }
}

/// One run.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
    run: String,
}

/// A run's journal, read; and the file behind it, locked and without its torn end.
pub(crate) struct Opened {
    pub(crate) journal: Journal,
    pub(crate) file: File,
}

impl RunFolder {
    pub fn run(&self) -> &str {
        &self.run
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn plan(&self) -> Result<Plan, RunError> {
        let path = self.path.join(PLAN);
        let bytes = fs::read(&path).map_err(|error| io_error(&path, error))?;
        let plan = Plan::from_file(&bytes)
            .map_err(|error| RunError::Plan { path: path.clone(), error })?;
        if plan.run != self.run {
            return Err(RunError::OtherRun { run: plan.run, path });
        }
        Ok(plan)
    }

    /// What happened so far. Changes nothing, and may look at a run that is being applied.
    pub fn journal(&self, plan: &Plan) -> Result<Journal, RunError> {
        let path = self.path.join(JOURNAL);
        match File::open(&path) {
            Ok(file) => read(&file, &path, plan),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Journal::default()),
            Err(error) => Err(io_error(&path, error)),
        }
    }

    pub fn progress(&self, plan: &Plan) -> Result<Progress, RunError> {
        Ok(Progress::fold(&self.journal(plan)?.entries))
    }

    /// Whether it is being applied at this moment.
    pub fn is_in_use(&self) -> Result<bool, RunError> {
        let path = self.path.join(JOURNAL);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(io_error(&path, error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(io_error(&path, error)),
        }
    }

    /// The journal, for this process alone. What was read is on disk before anybody acts on it: a
    /// process that was killed may have written without a sync.
    pub(crate) fn open(&self, plan: &Plan) -> Result<Opened, RunError> {
        let path = self.path.join(JOURNAL);
        let file = self.lock()?;
        let journal = read(&file, &path, plan)?;
        let cut = || {
            if journal.torn_bytes > 0 {
                file.set_len(journal.whole_bytes)?;
            }
            file.sync_all()
        };
        cut().map_err(|error| io_error(&path, error))?;
        sync_folder(&self.path)?;
        Ok(Opened { journal, file })
    }

    fn lock(&self) -> Result<File, RunError> {
        let path = self.path.join(JOURNAL);
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| io_error(&path, error))?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => thread::sleep(LOCK_WAIT),
                Err(TryLockError::Error(error)) => return Err(io_error(&path, error)),
            }
        }
        Err(RunError::InUse { run: self.run.clone() })
    }
}

fn read(file: &File, path: &Path, plan: &Plan) -> Result<Journal, RunError> {
    let journal = Journal::read(BufReader::new(file))
        .map_err(|error| io_error(path, error))?
        .map_err(|error| RunError::Broken { path: path.to_owned(), error })?;
    match journal.entries.first().map(|entry| &entry.record) {
        Some(Record::Journal { plan: of, .. }) if *of != Digest::of(plan) => {
            Err(RunError::OtherPlan { path: path.to_owned() })
        }
        _ => Ok(journal),
    }
}

/// A file that is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let beside = path.with_extension("json.new");
    let write = || {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| io_error(path, error))
}

fn sync_folder(path: &Path) -> Result<(), RunError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| io_error(path, error))
}

fn io_error(path: &Path, error: io::Error) -> RunError {
    RunError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests;
