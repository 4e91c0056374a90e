//! The same by keyboard alone: only keys that a person has, one after the other, to whatever has
//! the focus.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;

use super::Browser;
use super::devtools::computed;

/// More stops than any page of ours has before something that a person looks for.
const STOPS_MAX: usize = 120;

impl Browser {
    pub async fn hit(&self, key: Key) {
        self.keys(&[char::from(key)]).await;
    }

    /// Such as Ctrl+A, which takes all that is in a field.
    pub async fn hit_with_control(&self, key: char) {
        let control = char::from(Key::Control);
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: control })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: control });
        self.told("take keys", self.client.perform_actions(actions)).await;
    }

    /// Types where the focus is.
    pub async fn keys(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for &value in keys {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.told("take keys", self.client.perform_actions(actions)).await;
    }

    pub async fn type_text(&self, text: &str) {
        self.keys(&text.chars().collect::<Vec<_>>()).await;
    }

    /// Goes on with the Tab key until the focus is on what has this name, and can be seen there.
    pub async fn tab_to(&self, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..STOPS_MAX {
            self.hit(Key::Tab).await;
            let (found, element) = self.focus().await;
            if found == name {
                return self.focus_is_seen(name, &element).await;
            }
            passed.push(found);
        }
        panic!("the Tab key does not lead to {name:?}, but to {passed:?}");
    }

    /// The name of what has the focus.
    pub async fn focused(&self) -> String {
        self.focus().await.0
    }

    async fn focus(&self) -> (String, Element) {
        let element = self.told("have a focus", self.client.active_element()).await;
        let name = computed(&self.client, &element, "computedlabel").await;
        (name.unwrap_or_default(), element)
    }

    /// A focus that nobody sees is none.
    async fn focus_is_seen(&self, name: &str, element: &Element) {
        let outline = self.told("have a style", element.css_value("outline-style")).await;
        let shadow = self.told("have a style", element.css_value("box-shadow")).await;
        assert!(
            outline != "none" || shadow != "none",
            "{name:?} has the focus, and nothing shows it"
        );
    }
}
