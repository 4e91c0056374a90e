//! Each place in which a secret may be kept, and what is wrong with it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::*;

fn profile(secret: Keeping) -> Profile {
    Profile::of_tests(secret)
}

#[test]
fn a_file_keeps_it_for_its_owner_and_for_one_server_alone() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::at(folder.path().join("profiles.toml"));
    let (name, kept) = ("prod".parse().unwrap(), profile(Keeping::File));
    let owner = Owner { place: &place, name: &name, profile: &kept };
    assert!(owner.read().unwrap_err().what.contains("has lost its secret"));
    owner.keep(&SecretText::from("s3cret".to_owned())).unwrap();
    assert_eq!(owner.read().unwrap().expose(), "s3cret");

    let file = folder.path().join("profiles-secrets/prod");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&file), mode(&place.secrets())), (0o600, 0o700));
    for bits in [0o640, 0o604, 0o620] {
        fs::set_permissions(&file, Permissions::from_mode(bits)).unwrap();
        let said = owner.read().unwrap_err().what;
        assert!(said.ends_with(&format!("(its mode is {bits:04o})")), "{said}");
    }
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();

    for turned in [
        Profile { url: "https://evil.example".to_owned(), ..kept.clone() },
        Profile { client_id: "other".to_owned(), ..kept.clone() },
    ] {
        let said = Owner { profile: &turned, ..owner }.read().unwrap_err().what;
        assert!(said.contains("belongs to others") && !said.contains("s3cret"), "{said}");
    }
    fs::write(&file, "s3cret").unwrap();
    let said = owner.read().unwrap_err().what;
    assert!(said.contains("not as it was written") && !said.contains("s3cret"), "{said}");
    assert_eq!((owner.forget().unwrap(), owner.forget().unwrap()), (true, false));
}

#[test]
fn a_command_is_split_as_a_shell_splits_it_and_run_without_one() {
    let read = |line: &str| command::read(line).map(|secret| secret.expose().to_owned());
    assert_eq!(read("printf '%s\\n' 's3 cret'").unwrap(), "s3 cret");
    assert_eq!(read("echo $HOME;id").unwrap(), "$HOME;id", "nothing is expanded");
    for (line, why) in [
        ("false", "it ended with exit status: 1"),
        ("true", "there is no secret in it"),
        ("/nowhere/op read x", "No such file"),
        ("yes", "too long"),
        ("printf 'a\\nb\\n'", "one line"),
    ] {
        let said = read(line).unwrap_err().what;
        assert!(said.contains(why), "{line}: {said}");
    }
    assert!(command::words("op read 'x").is_err());
    assert!(command::words(" ").is_err());
}

#[test]
fn a_command_that_does_not_answer_is_ended() {
    let said = command::read_within("sleep 60", Duration::from_millis(50)).unwrap_err();
    assert!(said.what.contains("no answer within"), "{}", said.what);
}

#[test]
fn what_is_kept_nowhere_says_how_to_give_it() {
    let place = Place::at("/nowhere/profiles.toml");
    let (name, kept) = ("prod".parse().unwrap(), profile(Keeping::None));
    let no = Owner { place: &place, name: &name, profile: &kept }.read().unwrap_err();
    assert_eq!(no.what, "the profile prod keeps no secret");
    assert!(no.hint.unwrap().contains("rollcall login --profile prod"));
}
