//! Health and metrics of the real binary, on a listener of their own.

use rollcall_system_tests::http_client;

use super::serve_here::Served;

async fn get(url: String) -> (u16, String) {
    let http = http_client().no_proxy().build().unwrap();
    let answer = http.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn whoever_runs_it_is_told_how_it_is_and_callers_are_not() {
    let served = Served::with(&[]).await;
    let admin = |path: &str| get(format!("{}{path}", served.admin_url));
    assert_eq!(admin("/livez").await, (200, "alive\n".to_owned()));
    assert_eq!(admin("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(get(format!("{}/openapi.json", served.url)).await.0, 200);
    let (status, metrics) = admin("/metrics").await;
    assert_eq!(status, 200);
    let counted = r#"rollcall_requests_total{route="GetOpenApi",status="200"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    assert!(metrics.contains("rollcall_mac_key_age_seconds{key=\"1\"}"), "{metrics}");

    // The API's listener knows nothing of it, and the admin listener nothing of the API.
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(get(format!("{}{path}", served.url)).await.0, 404, "{path}");
    }
    assert_eq!(admin("/openapi.json").await.0, 404);
    served.end().await;
}

/// Behind a proxy, guesses are counted for whom the proxy names, and for nobody else's word.
#[tokio::test]
async fn guesses_are_counted_for_whoever_the_trusted_proxy_names() {
    for (trusted, others_are_limited) in [("127.0.0.0/8", false), ("10.0.0.0/8", true)] {
        let served =
            Served::with(&["--trusted-proxy", trusted, "--limits-failures-per-minute", "3"]).await;
        let http = http_client().no_proxy().build().unwrap();
        let guess = async |from: &str, nth: u32| {
            // Another client each time: only the address is the same.
            let client = format!("00000000-0000-4000-8000-{nth:012}");
            let request = http.post(format!("{}/v1/oauth/token", served.url));
            let request = request.basic_auth(client, Some("rcs_wrong"));
            let request = request.header("x-forwarded-for", from);
            let form = request.header("content-type", "application/x-www-form-urlencoded");
            let answer = form.body("grant_type=client_credentials").send().await.unwrap();
            answer.status().as_u16()
        };
        for nth in 0..3 {
            assert_eq!(guess("6.6.6.6, 192.0.2.1", nth).await, 401);
        }
        assert_eq!(guess("7.7.7.7, 192.0.2.1", 4).await, 429, "what stands left is no help");
        let other = if others_are_limited { 429 } else { 401 };
        assert_eq!(guess("192.0.2.2", 5).await, other, "{trusted}");
        served.end().await;
    }
}

/// JSON where no terminal is, and nothing in it that people paste into addresses and headers.
#[tokio::test]
async fn the_log_has_a_line_for_each_call_and_nobodys_secrets() {
    let served = Served::with(&[]).await;
    let http = http_client().no_proxy().build().unwrap();
    let request = http.get(format!("{}/openapi.json?token=pasted-into-an-address", served.url));
    let answer = request.header("authorization", "Bearer pasted-into-a-header").send();
    let answer = answer.await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let log = served.end().await;
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let calls: Vec<_> = lines.iter().filter(|line| line["target"] == "rollcall::calls").collect();
    let [call] = calls[..] else { panic!("one call, one line: {log}") };
    assert_eq!((&call["request"], &call["operation"]), (&id.into(), &"GetOpenApi".into()));
    assert_eq!(call["status"], 200);
    assert!(!log.contains("pasted-into"), "{log}");
}
