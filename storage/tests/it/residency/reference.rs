//! docs/reference/storage-places.md is what the tables of the guard and of the probes say.

use std::{fmt::Write, fs};

use scrim_storage::{
    capabilities::Probe,
    residency::{EEA, PLACES, Rule},
};

use crate::fixtures::workspace;

/// Puts the words of a documentation comment on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn page() -> String {
    let mut page = "# Places of storage\n\nThis page is generated from the tables of the program. \
        With `SCRIM_RENEW_GOLDEN=1` the test that compares them writes it anew. What the guard proves \
        and what it does not: [Where recordings lie](../explanation/where-recordings-lie.md).\n\n\
        ## Hosts of providers\n\nOnly these hosts, on port 443 and over TLS. Those outside of the \
        European Economic Area are listed because their names can be taken for others; they are \
        refused.\n\n\
        | provider | region | where | allowed | hosts | source |\n|---|---|---|---|---|---|\n"
        .to_owned();
    for place in &PLACES {
        let allowed = if place.country.is_in_eea() {
            "yes"
        } else {
            "**no**"
        };
        writeln!(
            page,
            "| {} | `{}` | {}, {} | {allowed} | {} | {} |",
            place.provider,
            place.region,
            place.town,
            place.country,
            place
                .hosts
                .iter()
                .map(|host| format!("`{host}`"))
                .collect::<Vec<_>>()
                .join("<br>"),
            place.source,
        )
        .unwrap();
    }
    let countries: Vec<&str> = EEA.iter().map(|country| country.as_str()).collect();
    writeln!(
        page,
        "\n## Own hosts\n\nA host that is not below the domain of a public provider, with \
         `country` declared. Plain HTTP only to 127.0.0.0/8 and ::1.\n\nCountries: {}.\n\n\
         ## Rules\n\nEach verdict names all of them, with what was found and what was wanted.\n\n\
         | rule | what it wants |\n|---|---|",
        countries.join(", ")
    )
    .unwrap();
    for (rule, wants) in Rule::ALL {
        writeln!(page, "| `{rule}` | {} |", one_line(wants)).unwrap();
    }
    page.push_str(
        "\n## What a store can do\n\n`scrim storage doctor` tries each. Only what is needed makes it \
         fail.\n\n| probe | needed | without it |\n|---|---|---|\n",
    );
    for probe in Probe::ALL {
        let needed = if probe.is_needed() { "yes" } else { "no" };
        writeln!(page, "| `{probe}` | {needed} | {} |", probe.instead()).unwrap();
    }
    page
}

#[test]
fn the_reference_is_what_the_tables_say() {
    let path = workspace().join("docs/reference/storage-places.md");
    let page = page();
    if std::env::var_os("SCRIM_RENEW_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept, page,
        "docs/reference/storage-places.md is out of date"
    );
}
