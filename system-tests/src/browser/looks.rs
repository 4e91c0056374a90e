//! How a page looks: its theme and width, pictures of it, and that nothing sticks out of it.

use std::path::PathBuf;

use data_encoding::BASE64;
use serde_json::json;

use super::Browser;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// One way to look at a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    pub theme: Theme,
    pub width: u32,
}

impl Looks {
    pub const WIDE: u32 = 1440;
    pub const NARROW: u32 = 390;

    pub const ALL: [Self; 4] = [
        Self { theme: Theme::Light, width: Self::WIDE },
        Self { theme: Theme::Dark, width: Self::WIDE },
        Self { theme: Theme::Light, width: Self::NARROW },
        Self { theme: Theme::Dark, width: Self::NARROW },
    ];
}

/// A window's height; a picture is as high as its page.
const HEIGHT: u32 = 900;

impl Browser {
    pub async fn look(&self, looks: Looks) {
        let theme = json!({ "name": "prefers-color-scheme", "value": looks.theme.as_str() });
        // Nothing is to move while it is looked at.
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [theme, still] })).await;
        let size = json!({
            "width": looks.width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Nobody should have to scroll sideways to read.
    pub async fn fits(&self, page: &str) {
        let script = "const wide = document.documentElement;
            return [...document.querySelectorAll('body *')]
                .filter(each => wide.scrollWidth > wide.clientWidth
                    && each.getBoundingClientRect().right > wide.clientWidth + 1)
                .slice(0, 5).map(each => each.outerHTML.slice(0, 120));";
        let outside = self.evaluate(script).await;
        assert_eq!(outside, json!([]), "{page}: sticks out to the right");
    }

    /// A picture of the whole page, where pictures were asked for.
    pub async fn picture(&self, name: &str, looks: Looks) {
        let Some(folder) = std::env::var_os("ROLLCALL_PICTURES").map(PathBuf::from) else { return };
        let whole = json!({ "format": "png", "captureBeyondViewport": true, "clip": self.whole(looks).await });
        let taken = self.devtools("Page.captureScreenshot", whole).await;
        let png = BASE64.decode(taken["data"].as_str().expect("a picture").as_bytes());
        std::fs::create_dir_all(&folder).expect("the folder of the pictures");
        let file = format!("{name}-{}-{}.png", looks.width, looks.theme.as_str());
        std::fs::write(folder.join(&file), png.expect("base64"))
            .unwrap_or_else(|error| panic!("{file}: {error}"));
    }

    async fn whole(&self, looks: Looks) -> serde_json::Value {
        let height = self.evaluate("return document.documentElement.scrollHeight").await;
        let height = height.as_u64().unwrap_or_default().max(u64::from(HEIGHT));
        json!({ "x": 0, "y": 0, "width": looks.width, "height": height, "scale": 1 })
    }
}
