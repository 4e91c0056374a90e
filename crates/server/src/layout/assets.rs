//! The files that pages refer to: named by their content, so that a browser keeps each for ever and
//! a new version is another name.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use data_encoding::HEXLOWER;

pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::of("console", "css", "text/css; charset=utf-8", include_bytes!("assets/console.css"))
});
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let script = include_bytes!("assets/console.js");
    Asset::of("console", "js", "text/javascript; charset=utf-8", script)
});
pub(crate) static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::of("mark", "svg", "image/svg+xml", include_bytes!("assets/mark.svg")));

pub(crate) struct Asset {
    name: String,
    kind: &'static str,
    pub bytes: &'static [u8],
}

impl Asset {
    fn of(stem: &str, ending: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash = HEXLOWER.encode(&digest(&SHA256, bytes).as_ref()[..8]);
        Self { name: format!("{stem}.{hash}.{ending}"), kind, bytes }
    }

    pub(crate) fn all() -> [&'static Self; 3] {
        [&STYLE, &SCRIPT, &MARK]
    }

    pub(crate) fn url(&self) -> String {
        format!("/console/assets/{}", self.name)
    }

    /// Nothing where no file has that name, such as one of another version.
    pub(crate) fn answer(name: &str) -> Option<Response> {
        let asset = Self::all().into_iter().find(|asset| asset.name == name)?;
        let mut response = Response::new(Body::from(asset.bytes));
        *response.status_mut() = StatusCode::OK;
        let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
        headers.insert(header::CACHE_CONTROL, for_ever);
        Some(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_answered_by_its_whole_name_and_kept_for_ever() {
        for asset in Asset::all() {
            let response = Asset::answer(&asset.name).unwrap();
            assert!(
                response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable")
            );
            assert!(asset.url().ends_with(&asset.name));
        }
        assert!(Asset::answer("console.css").is_none());
        assert!(Asset::answer("").is_none());
    }
}
