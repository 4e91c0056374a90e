//! One line: `{"crc":"0123abcd","n":1,…}`. The checksum covers the one before it and the rest of
//! the line, so that a line that was changed, lost, added or moved is noticed.

use super::record::Entry;

const OPEN: &str = "{\"crc\":\"";
const HEX: usize = 8;

/// The checksum of the line before the first.
pub(super) const FIRST: u32 = 0;

/// The line with its end, and its checksum.
pub(super) fn write(entry: &Entry, before: u32) -> (String, u32) {
    // Text, numbers and times: nothing in an entry that JSON cannot hold.
    let json = serde_json::to_string(entry).expect("an entry can be written as JSON");
    let rest = format!("\",{}", &json[1..]);
    let crc = checksum(before, rest.as_bytes());
    (format!("{OPEN}{crc:08x}{rest}\n"), crc)
}

/// A line without its end.
pub(super) fn read(line: &[u8], before: u32) -> Result<(Entry, u32), String> {
    const NONE: &str = "no line of a journal";
    let after = line.strip_prefix(OPEN.as_bytes()).ok_or(NONE)?;
    let (hex, rest) = after.split_at_checked(HEX).ok_or(NONE)?;
    let crc = checksum(before, rest);
    if hex != format!("{crc:08x}").as_bytes() {
        return Err("its checksum is another: it was changed, or what stands before it".to_owned());
    }
    let json = rest.strip_prefix(b"\",").ok_or(NONE)?;
    let json = [b"{", json].concat();
    let entry = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    Ok((entry, crc))
}

fn checksum(before: u32, rest: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&before.to_be_bytes());
    crc.update(rest);
    crc.finalize()
}
