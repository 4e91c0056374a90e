//! People whom the profile protects: no plan has them to do, and no plan of before is carried out on
//! them.

use serde_json::{Value, json};

use super::Scene;

const BREAK_GLASS: &str = "siobhan.osullivan@rollcall.example";

impl Scene {
    /// A profile of the double's account.
    async fn log_in(&self) {
        let credentials = &self.server.credentials;
        self.write("secret", &credentials.client_secret);
        let line = format!(
            "login --profile night --url {} --account {} --client-id {} --secret-file secret --keep file",
            credentials.base_url, credentials.account_id, credentials.client_id,
        );
        self.bare(&line).await.well();
    }

    /// Without the variables that `dev` sets.
    async fn bare(&self, line: &str) -> rollcall_system_tests::Ended {
        let command = rollcall_system_tests::Rollcall::new(line.split(' '));
        command.folder(self.folder.path()).env("HOME", self.folder.path()).run().await
    }
}

#[tokio::test]
async fn nobody_who_is_protected_is_suspended() {
    let scene = Scene::new().await;
    let before = scene.states().await;
    scene.log_in().await;
    let plan = "contain plan --from alerts.csv --reason x --profile night --output json";
    let early = scene.bare(&format!("{plan} --out early.json")).await.well();
    early.says("rollcall contain apply early.json --profile night");
    scene
        .bare(&format!("profiles protect add {} --profile night", BREAK_GLASS.to_uppercase()))
        .await
        .well();

    let ended = scene.bare(plan).await.well();
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["lines"][0]["finding"]["finding"], json!("protected"));
    assert_eq!(
        (&said["findings"]["to_do"], &said["findings"]["protected"]),
        (&json!(5), &json!(1))
    );

    // The plan of before has her to do.
    let ended = scene.bare("contain apply early.json --yes --profile night").await;
    assert_eq!(ended.code(), 2, "{}", ended.stderr);
    ended.says(&format!("{BREAK_GLASS} is protected by the profile"));
    assert_eq!(scene.states().await, before);

    let ended = scene.bare("contain apply plan.json --yes --profile night").await;
    assert_eq!(ended.code(), 5, "{}", ended.stderr);
    ended.says("--profile night");
    assert_eq!(scene.states().await[BREAK_GLASS], "ACTIVE");

    // Protection is from a suspension: whoever is suspended may always come back.
    let line = "contain undo 20 --yes --profile night";
    scene.bare(line).await.well();
    assert_eq!(scene.states().await, before);
}
