//! What axe-core says of a page: the rules of accessibility that a program can check.

use crate::setting;

use super::Browser;

/// Also those that are good practice and no law; what a program cannot decide is left to people.
const RUN: &str = "return axe.run(document, { resultTypes: ['violations'] }).then(found =>
    found.violations.map(rule => rule.id + ': ' + rule.help + ': '
        + rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | ')))";

impl Browser {
    /// No rule is broken on this page as it looks now.
    pub async fn keeps_the_rules(&self, page: &str) {
        let axe = axe_core();
        let found = self.evaluate(&format!("if (!window.axe) {{ {axe} }}\n{RUN}")).await;
        let broken = found.as_array().unwrap_or_else(|| panic!("axe-core did not run: {found}"));
        assert!(broken.is_empty(), "{page}: {broken:#?}");
    }
}

fn axe_core() -> String {
    let path = format!("{}/browser/node_modules/axe-core/axe.min.js", setting("ROLLCALL_CLIENTS"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
