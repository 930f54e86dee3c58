//! docs/reference/routes.md and docs/reference/openapi.json are what the code says.

use std::{fmt::Write, fs, path::Path};

use super::Service;

fn golden(name: &str, said: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/reference")
        .join(name);
    if std::env::var_os("SCRIM_RENEW_GOLDEN").is_some() {
        fs::write(&path, said).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == said, "docs/reference/{name} is out of date");
}

#[test]
fn the_list_of_routes_is_the_one_that_was_looked_at() {
    let service = Service::new();
    let (_, _, listed) = super::super::routes(&service.app).finish();
    let mut page = "# Routes and who may use them\n\nThis page is generated from the routes of the \
        service. What is not listed is answered by nobody. With `SCRIM_RENEW_GOLDEN=1` the test that \
        compares them writes it anew.\n\n| method | path | who |\n|---|---|---|\n"
        .to_owned();
    for route in listed {
        let (method, path, who) = (route.method, route.path, route.who);
        writeln!(page, "| {method} | `{path}` | {who} |").unwrap();
    }
    golden("routes.md", &page);
}

#[test]
fn the_description_of_the_api_is_the_one_that_was_looked_at() {
    let service = Service::new();
    let (_, openapi, _) = super::super::routes(&service.app).finish();
    let mut text = openapi.to_pretty_json().unwrap();
    text.push('\n');
    golden("openapi.json", &text);
}
