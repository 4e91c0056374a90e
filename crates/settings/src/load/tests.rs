//! What a file, the environment and flags come to together, and what is refused.

use super::*;

fn told(said: &[(&str, Source, &str)]) -> Told {
    let said = said.iter().map(|(path, by, text)| ((*path).to_owned(), (*by, (*text).to_owned())));
    Told(said.collect())
}

fn load(text: &str, said: &[(&str, Source, &str)]) -> Result<Loaded, SettingsError> {
    Loaded::of_text(Path::new("rollcall.toml"), text, &told(said))
}

fn refused(text: &str, said: &[(&str, Source, &str)]) -> (String, Option<String>) {
    let error = load(text, said).unwrap_err();
    (error.to_string(), error.hint())
}

const FILE: &str = r#"
public_url = "https://rollcall.example.com"
listen = "127.0.0.1:1"

[root_key]
file = "/etc/rollcall/root.key"

[limits]
header_timeout = "10s"
"#;

#[test]
fn flag_before_environment_before_file_before_default() {
    let path = "limits.header_timeout";
    let both = [(path, Source::Environment, "20s")];
    let millis = |loaded: &Loaded| loaded.settings.limits.header_timeout.0.as_millis();
    for (text, said, expected, by) in [
        ("", &[][..], 15_000, Source::Default),
        (FILE, &[], 10_000, Source::File),
        (FILE, &both, 20_000, Source::Environment),
        (FILE, &[(path, Source::Flag, "40s")], 40_000, Source::Flag),
    ] {
        let loaded = load(text, said).unwrap();
        assert_eq!((millis(&loaded), loaded.source(path)), (expected, by));
    }
}

#[test]
fn every_kind_of_value_can_be_said_beside_the_file() {
    let loaded = load(
        FILE,
        &[
            ("proxy.ends_tls", Source::Flag, "true"),
            ("proxy.trusted", Source::Environment, "10.0.0.0/8, ::1, 10.0.0.5"),
            ("limits.calls_per_minute", Source::Flag, "600"),
            ("wire.token_type", Source::Flag, "bearer"),
            ("tls.acme.domains", Source::Flag, "[\"a.example\", \"b.example\"]"),
        ],
    );
    let settings = loaded.unwrap().settings;
    assert!(settings.proxy.ends_tls);
    let trusted: Vec<_> = settings.proxy.trusted.iter().map(ToString::to_string).collect();
    assert_eq!(trusted, ["10.0.0.0/8", "::1/128", "10.0.0.5/32"]);
    assert_eq!(settings.limits.calls_per_minute.unwrap().get(), 600);
    assert_eq!(settings.tls.acme.domains, ["a.example", "b.example"]);
    assert_eq!(settings.listen.port(), 1);
}

#[test]
fn an_unknown_key_stops_with_its_place_and_what_was_meant() {
    let (what, hint) =
        refused("listen = \"127.0.0.1:1\"\npublik_url = \"https://x.example\"\n", &[]);
    assert!(what.contains("rollcall.toml") && what.contains("line 2, column 1"), "{what}");
    assert_eq!(hint.unwrap(), "did you mean `public_url`?");
    let (what, hint) = refused("[limits]\ndata = \"/x\"\n", &[]);
    assert!(what.contains("line 2"), "{what}");
    assert_eq!(hint.unwrap(), "`data` belongs in the section [store]");
    let (_, hint) = refused("[limit]\n", &[]);
    assert_eq!(hint.unwrap(), "did you mean `limits`?");
}

#[test]
fn a_wrong_value_stops_with_its_place_or_its_name() {
    let (what, _) = refused("[limits]\nheader_timeout = 30\n", &[]);
    assert!(what.contains("line 2, column 18"), "{what}");
    let (what, _) = refused("[limits]\nheader_timeout = \"soon\"\n", &[]);
    assert!(what.contains("line 2") && what.contains("whole number with its unit"), "{what}");
    let (what, _) = refused("", &[("limits.header_timeout", Source::Flag, "soon")]);
    assert!(what.starts_with("--limits-header-timeout: a time is"), "{what}");
    let (what, _) = refused("", &[("proxy.trusted", Source::Environment, "10.0.0.0/99")]);
    assert!(what.starts_with("ROLLCALL_PROXY_TRUSTED: it is an address or a network"), "{what}");
    let (what, _) = refused("[proxy]\ntrusted = [\"10.0.0.5\", \"proxy\"]\n", &[]);
    assert!(what.contains("line 2") && what.contains("not \"proxy\""), "{what}");
    let (what, _) = refused("", &[("limits.connections_max", Source::Flag, "0")]);
    assert!(what.starts_with("--limits-connections-max: "), "{what}");
    let (what, _) = refused("", &[("proxy.ends_tls", Source::Flag, "yes")]);
    assert_eq!(what, "--proxy-ends-tls: it is true or false, not \"yes\"");
}

#[test]
fn of_what_excludes_each_other_the_later_source_wins_and_two_of_one_are_refused() {
    let loaded = load(FILE, &[("root_key.environment", Source::Environment, "KEY")]).unwrap();
    assert_eq!(loaded.settings.root_key.file, None);
    assert_eq!(loaded.settings.root_key.environment.as_deref(), Some("KEY"));
    let (what, hint) = refused("[root_key]\nfile = \"/a\"\ncommand = [\"b\"]\n", &[]);
    assert!(what.contains("`root_key.command` and `root_key.file`"), "{what}");
    assert!(hint.unwrap().contains("keep one"));
    let two =
        [("store.data", Source::Flag, "/a"), ("store.database", Source::Flag, "postgres://b")];
    assert!(refused("", &two).0.contains("--data and --database"));
}

#[test]
fn a_file_that_is_not_there_is_said() {
    let error = Loaded::read(Some(Path::new("/nowhere/rollcall.toml")), &Told::default());
    let error = error.unwrap_err();
    assert!(error.to_string().starts_with("the settings file /nowhere/rollcall.toml: "));
    assert!(error.hint().unwrap().contains("--config"));
}

#[test]
fn an_error_shows_nothing_that_a_terminal_obeys() {
    for (file, shown) in [
        ("listen = \u{1b}[2J", "\\u{1b}[2J"),
        ("listen = \0", "\\u{0}"),
        ("\"\u{202e}\" = 1", "\\u{202e}"),
    ] {
        let (error, _) = refused(file, &[]);
        assert!(error.contains(shown), "{error:?}");
    }
}
