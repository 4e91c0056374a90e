//! A listing that was saved: JSON, JSON lines or CSV, found by what stands in it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::snapshot::{Gathering, Person, Snapshot};
use crate::failure::Failure;
use crate::shown::{shown, uncell};

pub fn read(file: &Path) -> Result<Snapshot, Failure> {
    let name = shown(&file.to_string_lossy());
    let unread = |error: std::io::Error| {
        Failure::failed(format!("{name}: {error}"), "name a file that can be read")
    };
    let input: Box<dyn Read> = match file.as_os_str() == "-" {
        true => Box::new(stdin()),
        false => Box::new(File::open(file).map_err(unread)?),
    };
    listing(BufReader::with_capacity(64 * 1024, input)).map_err(|why| {
        Failure::wrong_use(
            format!("{name} is no whole listing: {why}"),
            "save one with `rollcall users list --output jsonl`, and see that it ends with status 0",
        )
    })
}

fn listing(mut input: impl BufRead) -> Result<Snapshot, String> {
    let start = input.fill_buf().map_err(|error| error.to_string())?;
    if start.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let first = loop {
        let here = input.fill_buf().map_err(|error| error.to_string())?;
        match here.first() {
            Some(b) if b.is_ascii_whitespace() => input.consume(1),
            first => break first.copied(),
        }
    };
    let mut gathering = Gathering::default();
    match first {
        None => return Err("it is empty".to_owned()),
        Some(b'[') => {
            let mut read = serde_json::Deserializer::from_reader(input);
            Array(&mut gathering).deserialize(&mut read).map_err(|error| error.to_string())?;
            read.end().map_err(|error| error.to_string())?;
        }
        Some(b'{') => {
            for person in serde_json::Deserializer::from_reader(input).into_iter() {
                gathering.see(&person.map_err(|error| error.to_string())?);
            }
        }
        Some(_) => csv(input, &mut gathering)?,
    }
    Ok(gathering.whole())
}

/// Person after person, without an array of them all.
struct Array<'a>(&'a mut Gathering);

impl<'de> DeserializeSeed<'de> for Array<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Array<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of people")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut people: A) -> Result<(), A::Error> {
        while let Some(person) = people.next_element::<Person>()? {
            self.0.see(&person);
        }
        Ok(())
    }
}

fn csv(input: impl BufRead, gathering: &mut Gathering) -> Result<(), String> {
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| header.iter().position(|one| one == name);
    let id = column("id").ok_or("it is neither JSON nor CSV with a column id")?;
    let columns = ["email", "display_name", "state", "create_time", "path"].map(column);
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let text = |at: usize| row.get(at).map(|cell| uncell(cell).to_owned());
        let [email, display_name, state, create_time, path] =
            columns.map(|column| column.and_then(text));
        let id = text(id).unwrap_or_default();
        gathering.see(&Person { id, email, display_name, state, create_time, path });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Person> {
        listing(text.as_bytes()).unwrap().people().collect()
    }

    fn ann() -> Person {
        Person {
            id: "A1".to_owned(),
            email: Some("ann@example.com".to_owned()),
            display_name: Some("=Ann, \"A\"".to_owned()),
            state: Some("ACTIVE".to_owned()),
            create_time: Some("2026-01-01T00:00:00Z".to_owned()),
            path: Some("accounts/A/users/A1".to_owned()),
        }
    }

    #[test]
    fn each_form_is_found_by_what_stands_in_it() {
        let json = serde_json::to_string(&ann()).unwrap();
        let csv = "id,email,display_name,state,create_time,path\nA1,ann@example.com,\"'=Ann, \"\"A\"\"\",ACTIVE,2026-01-01T00:00:00Z,accounts/A/users/A1\n";
        for text in [
            format!("[{json}]"),
            format!("\u{feff}\n [\n{json}\n]\n"),
            json.clone(),
            format!("{json}\n\n"),
            csv.to_owned(),
            format!("\u{feff}{csv}"),
        ] {
            assert_eq!(read(&text), [ann()], "{text}");
        }
        assert_eq!(read("[]"), []);
        assert_eq!(read("id\n"), []);
    }

    #[test]
    fn columns_that_are_not_there_are_not_known() {
        let known =
            Person { id: "A1".to_owned(), state: Some("ACTIVE".to_owned()), ..Person::default() };
        assert_eq!(read("state,id,x\nACTIVE,A1,y\n"), std::slice::from_ref(&known));
        assert_eq!(read("{\"id\":\"A1\",\"state\":\"ACTIVE\",\"x\":1}"), [known]);
    }

    #[test]
    fn what_broke_off_or_is_something_else_is_refused() {
        for text in [
            "",
            " \n",
            "[{\"id\":\"A1\"}",
            "[{\"id\":\"A1\"},",
            "{\"id\":\"A1\"",
            "{\"results\":[]}",
            "[] x",
            "email\nx\n",
            "id,email\nA1\n",
            "EMAIL  STATE\na@x  ACTIVE\n",
        ] {
            assert!(listing(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
