//! `cargo xtask fuzz`: builds the fuzz targets with libFuzzer's instruments, which a stable
//! compiler has, and runs them side by side: first what was found before (`fuzz/regressions`) and
//! the seeds, then new input for so many seconds. What it finds stays in the target folder; a
//! finding becomes a file in `fuzz/regressions`, a test, and then a repair.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::available_parallelism;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;

use crate::command::{answer, cargo, command, run};
use crate::test::Tally;
use crate::workspace::Workspace;

/// What `cargo xtask test` gives each target.
const SHORT_SECONDS: u32 = 20;
const MEMORY_MAX_MIB: u32 = 1500;
/// One input that takes longer than this is a finding.
const INPUT_SECONDS_MAX: u32 = 25;

const INSTRUMENTS: &[&str] = &[
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=4",
];

/// Feed hostile input to everything that reads what strangers and operators write
#[derive(Parser)]
pub(crate) struct Options {
    /// Only this target; may be given more than once
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// How many run at once; as many as there are processors, unless given
    #[arg(long)]
    jobs: Option<usize>,
}

pub(crate) fn fuzz(workspace: &Workspace, options: &Options) -> Result<bool> {
    let tally = Fuzzing::prepare(workspace, options)?.run()?;
    Ok(tally.is_good())
}

/// The short form, as a phase of the tests: every target is one test.
pub(crate) fn in_short(workspace: &Workspace) -> Result<Tally> {
    let options = Options { target: Vec::new(), seconds: SHORT_SECONDS, jobs: None };
    Fuzzing::prepare(workspace, &options)?.run()
}

struct Fuzzing {
    sources: PathBuf,
    built: PathBuf,
    work: PathBuf,
    targets: Vec<String>,
    seconds: u32,
    jobs: usize,
}

impl Fuzzing {
    fn prepare(workspace: &Workspace, options: &Options) -> Result<Self> {
        let sources = workspace.root.join("fuzz");
        let all = targets(&sources)?;
        for name in &options.target {
            ensure!(all.contains(name), "there is no target {name}; there are {}", all.join(", "));
        }
        let chosen = |name: &String| options.target.is_empty() || options.target.contains(name);
        let host = host(&workspace.root)?;
        let target = workspace.target.join("fuzz");
        build(&sources, &target, &host)?;
        Ok(Self {
            sources,
            built: target.join(host).join("release"),
            work: target.join("runs"),
            targets: all.into_iter().filter(chosen).collect(),
            seconds: options.seconds,
            jobs: options.jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from)),
        })
    }

    fn run(&self) -> Result<Tally> {
        let mut tally = Tally::default();
        for together in self.targets.chunks(self.jobs.max(1)) {
            let running: Vec<Running> =
                together.iter().map(|name| self.start(name)).collect::<Result<_>>()?;
            for target in running {
                tally.add(if target.ends_well()? { Tally::passed(1) } else { Tally::failed(1) });
            }
        }
        Ok(tally)
    }

    fn start(&self, name: &str) -> Result<Running> {
        let corpus = self.work.join("corpus").join(name);
        let artifacts = self.work.join("artifacts").join(name);
        for folder in [&corpus, &artifacts] {
            fs::create_dir_all(folder)?;
        }
        let log = self.work.join(format!("{name}.log"));
        let out = fs::File::create(&log).with_context(|| log.display().to_string())?;
        let mut command = command(self.built.join(name));
        command
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-rss_limit_mb={MEMORY_MAX_MIB}"))
            .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg("-print_final_stats=1")
            .args(dictionary(&self.sources, name))
            .arg(&corpus);
        for given in ["corpus-seeds", "regressions"] {
            command.args(Some(self.sources.join(given).join(name)).filter(|path| path.is_dir()));
        }
        Ok(Running { name: name.to_owned(), child: spawn(&mut command, out)?, log, artifacts })
    }
}

/// The targets are the files, so that a new one is found here without being named.
fn targets(sources: &Path) -> Result<Vec<String>> {
    let folder = sources.join("fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_stem().context("a target has a name")?.to_string_lossy();
        names.push(name.into_owned());
    }
    names.sort();
    ensure!(!names.is_empty(), "there is no fuzz target in {}", folder.display());
    Ok(names)
}

fn host(root: &Path) -> Result<String> {
    let words = answer(command("rustc").current_dir(root).arg("-vV")).context("no rustc")?;
    let host = words.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say for what it compiles")?.to_owned())
}

/// With `--target`, build scripts and macros stay without instruments.
fn build(sources: &Path, target: &Path, host: &str) -> Result<()> {
    let mut command = cargo(sources);
    command
        .env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTS.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", target)
        .args(["build", "--release", "--target", host]);
    run(&mut command).context("the fuzz targets do not build")
}

fn dictionary(sources: &Path, name: &str) -> Option<String> {
    let path = sources.join("dictionaries").join(format!("{name}.dict"));
    path.is_file().then(|| format!("-dict={}", path.display()))
}

fn spawn(command: &mut Command, out: fs::File) -> Result<Child> {
    let both = out.try_clone()?;
    let command = command.stdin(Stdio::null()).stdout(both).stderr(out);
    command.spawn().context("a fuzz target could not be started")
}

struct Running {
    name: String,
    child: Child,
    log: PathBuf,
    artifacts: PathBuf,
}

impl Running {
    fn ends_well(mut self) -> Result<bool> {
        let status = self.child.wait()?;
        let said = fs::read(&self.log)?;
        let said = String::from_utf8_lossy(&said);
        println!("{:<14} {}", self.name, summary(&said));
        if !status.success() {
            let last: Vec<&str> = said.lines().rev().take(30).collect();
            last.iter().rev().for_each(|line| println!("    {line}"));
            println!(
                "{} ended with {status}; what it found is in {}",
                self.name,
                self.artifacts.display()
            );
        }
        Ok(status.success())
    }
}

/// libFuzzer's own figures: how often it called, and how many edges of the code it has seen.
fn summary(log: &str) -> String {
    let stat = |name: &str| {
        log.lines().rev().find_map(|line| line.strip_prefix(name)).map_or("?", str::trim)
    };
    let words: Vec<&str> =
        log.lines().rev().find(|line| line.contains(" cov: ")).unwrap_or("").split(' ').collect();
    let after = |name: &str| {
        words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1)).unwrap_or(&"?")
    };
    let (calls, a_second) =
        (stat("stat::number_of_executed_units:"), stat("stat::average_exec_per_sec:"));
    format!(
        "{calls:>11} calls, {a_second:>7} a second, {:>5} edges, {:>5} features",
        after("cov:"),
        after("ft:"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_from_what_libfuzzer_says() {
        let log = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n#500\tDONE   cov: 210 ft: 934 corp: 9/1b lim: 4 exec/s: 0\n\
                   stat::number_of_executed_units: 500\nstat::average_exec_per_sec:     250\n";
        let said = summary(log);
        assert!(said.contains("500 calls") && said.contains("250 a second"), "{said}");
        assert!(said.contains("210 edges") && said.contains("934 features"), "{said}");
        assert!(summary("it broke").contains("? calls"));
    }

    #[test]
    fn every_target_has_seeds_and_stands_in_the_manifest() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let manifest = fs::read_to_string(sources.join("Cargo.toml")).unwrap();
        for name in targets(&sources).unwrap() {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            assert!(sources.join("corpus-seeds").join(&name).is_dir(), "{name} has no seeds");
        }
    }
}
