//! The fields of a page's form: UTF-8, in order, some of them several times (check boxes). What
//! they hold is wiped when they are dropped, for a password is among them.

use percent_encoding::percent_decode;
use zeroize::Zeroizing;

#[derive(Default)]
pub(crate) struct Fields(Vec<(String, Zeroizing<String>)>);

/// More than any page has.
const FIELDS_MAX: usize = 200;

impl Fields {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, &'static str> {
        // The parser itself would put replacement characters where there is none.
        if percent_decode(body).decode_utf8().is_err() {
            return Err("What was sent is not text (UTF-8).");
        }
        let mut fields = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if fields.len() == FIELDS_MAX {
                return Err("What was sent has more fields than any page of ours.");
            }
            fields.push((name.into_owned(), Zeroizing::new(value.into_owned())));
        }
        Ok(Self(fields))
    }

    /// The field as it was sent; nothing where it was left out.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The same without spaces around it, as people paste them.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// Text of several lines: forms send each end of a line as two characters.
    pub(crate) fn lines(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n")
    }

    pub(crate) fn all<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order_and_several_times() {
        let fields = Fields::parse(b"scope=a&scope=b&name=+x+y+&empty=&text=a%0D%0Ab").unwrap();
        assert_eq!(fields.all("scope").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((fields.get("name"), fields.raw("name")), ("x y", " x y "));
        assert_eq!(fields.lines("text"), "a\nb");
        assert!(fields.has("empty") && !fields.has("nothing"));
        assert_eq!(fields.get("nothing"), "");
    }

    #[test]
    fn what_is_no_form_is_refused() {
        assert!(Fields::parse(b"a=%ff").is_err());
        assert!(Fields::parse("x=&".repeat(FIELDS_MAX + 1).as_bytes()).is_err());
        assert!(Fields::parse("x=&".repeat(FIELDS_MAX).as_bytes()).is_ok());
    }
}
