//! What somebody means who writes down a person: an ID, an e-mail address or a path. Pure.

use crate::shown::shown;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// The server is asked for it as it is; what an ID looks like is the server's affair.
    Id(String),
    /// As it was written; upper and lower case are the same, and a `+tag` is part of it.
    Email(String),
}

impl Who {
    /// Of people of this account. Only what can be nobody is refused here.
    pub fn read(text: &str, account: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("nobody is named".to_owned());
        }
        if let Some(c) = text.chars().find(|c| c.is_whitespace() || ",;\"<>".contains(*c)) {
            let hint = match c {
                ',' | ';' => "; a column of a CSV file is read with --column NAME",
                _ => "",
            };
            return Err(format!("{c:?} stands in no ID, e-mail address or path{hint}"));
        }
        if let Some(c) = text.chars().find(|c| c.is_control() || is_invisible(*c)) {
            let c = c.escape_unicode();
            return Err(format!("it holds a character that cannot be seen ({c}): write it anew"));
        }
        if let Some(rest) = text.strip_prefix("accounts/") {
            return Self::of_path(rest, account);
        }
        if text.contains('@') {
            let (before, after) = text.rsplit_once('@').unwrap_or_default();
            return match before.is_empty() || after.is_empty() {
                true => Err("an address has something before its @ and something behind it".into()),
                false => Ok(Self::Email(text.to_owned())),
            };
        }
        Self::of_id(text)
    }

    /// What would be more than a piece of a path is no ID: `U1:suspend` is an act.
    fn of_id(text: &str) -> Result<Self, String> {
        let is_no_id = text.is_empty()
            || text.contains(['/', '\\', '?', '#', ':', '%'])
            || text.chars().all(|c| c == '.');
        match is_no_id {
            true => Err("it is no ID; a path is written accounts/ACCOUNT/users/USER".to_owned()),
            false => Ok(Self::Id(text.to_owned())),
        }
    }

    fn of_path(rest: &str, account: &str) -> Result<Self, String> {
        let parts: Vec<&str> = rest.split('/').collect();
        match parts[..] {
            [of, "users", user] if of == account => Self::of_id(user),
            [of, "users", user] if !of.is_empty() && !user.is_empty() => {
                Err(format!("it is of account {}, and this one is {account}", shown(of)))
            }
            _ => Err("a path is written accounts/ACCOUNT/users/USER".to_owned()),
        }
    }

    /// The same for all who mean the same.
    pub fn key(&self) -> String {
        match self {
            Self::Id(id) => id.clone(),
            Self::Email(email) => email.to_lowercase(),
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(text) | Self::Email(text) => text,
        }
    }
}

/// What comes along with a copied text and is no part of any address: zero-width characters, marks
/// of direction and of byte order.
fn is_invisible(c: char) -> bool {
    crate::shown::is_obeyed(c)
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "UXINQV4TXZ3BSJX4N4CCWJNEVA";

    fn id(text: &str) -> Result<Who, String> {
        Ok(Who::Id(text.to_owned()))
    }

    fn email(text: &str) -> Result<Who, String> {
        Ok(Who::Email(text.to_owned()))
    }

    #[test]
    fn a_person_is_named_by_id_address_or_path() {
        let read = |text: &str| Who::read(text, ACCOUNT);
        assert_eq!(read(" CSUX5LZGACK24L5V5FGECGEFLE\r\n"), id("CSUX5LZGACK24L5V5FGECGEFLE"));
        assert_eq!(read("lower-case_id.22"), id("lower-case_id.22"));
        assert_eq!(read("Ann+tag@Example.com"), email("Ann+tag@Example.com"));
        assert_eq!(read("o'brien/x@example.com"), email("o'brien/x@example.com"));
        assert_eq!(read(&format!("accounts/{ACCOUNT}/users/U1")), id("U1"));
    }

    #[test]
    fn what_can_be_nobody_is_refused_with_a_reason() {
        for (text, why) in [
            ("", "nobody is named"),
            ("  ", "nobody is named"),
            ("ann@example.com,Ann", "--column"),
            ("a b", "' '"),
            ("Ann <ann@example.com>", "' '"),
            ("<ann@example.com>", "'<'"),
            ("ann\u{200b}@example.com", "\\u{200b}"),
            ("\u{feff}ann@example.com", "\\u{feff}"),
            ("ann\u{7}", "\\u{7}"),
            ("@example.com", "before its @"),
            ("ann@", "behind it"),
            ("users/U1", "accounts/ACCOUNT/users/USER"),
            ("accounts/A/users", "accounts/ACCOUNT/users/USER"),
            ("accounts/A/users/", "accounts/ACCOUNT/users/USER"),
            ("accounts/A/users/U1/", "accounts/ACCOUNT/users/USER"),
            ("U1:suspend", "no ID"),
            ("accounts/UXINQV4TXZ3BSJX4N4CCWJNEVA/users/U1:suspend", "no ID"),
            ("accounts/UXINQV4TXZ3BSJX4N4CCWJNEVA/users/", "no ID"),
            ("..", "no ID"),
            ("U1%3Asuspend", "no ID"),
            ("accounts/OTHER/users/U1", "of account OTHER"),
            ("https://api.1password.com/x", "accounts/ACCOUNT/users/USER"),
        ] {
            let refused = Who::read(text, ACCOUNT).unwrap_err();
            assert!(refused.contains(why), "{text:?}: {refused}");
        }
    }

    #[test]
    fn case_is_nothing_in_an_address_and_something_in_an_id() {
        let key = |text: &str| Who::read(text, ACCOUNT).unwrap().key();
        assert_eq!(key("ANN@Example.com"), key("ann@example.COM"));
        assert_ne!(key("ann+a@example.com"), key("ann@example.com"));
        assert_ne!(key("abc"), key("ABC"));
        assert_eq!(key("U1"), key(&format!("accounts/{ACCOUNT}/users/U1")));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_is_clean(text in "\\PC*|.*|accounts/.*") {
            if let Ok(who) = Who::read(&text, ACCOUNT) {
                let clean = who.as_str();
                proptest::prop_assert!(!clean.is_empty() && !clean.chars().any(is_invisible));
                proptest::prop_assert_eq!(clean.trim(), clean);
            }
        }
    }
}
