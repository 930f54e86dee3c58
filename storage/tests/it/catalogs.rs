//! The catalog: opening, listing, damage.

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt};

use scrim_policy::{Kind, TenantId};
use scrim_storage::{ArtefactKind, Begun, Catalog, CatalogError};
use sqlx::{Connection, Row, SqliteConnection};

use crate::{
    fixtures::{job, later},
    runs::{Place, catalog_error, on_both_databases},
};

async fn connection(place: &Place) -> SqliteConnection {
    let path = place.home.join("catalog.db");
    SqliteConnection::connect(path.to_str().unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_empty_file_becomes_a_catalog_and_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    for _ in 0..2 {
        let catalog = Catalog::open(&path).await.unwrap();
        let page = catalog
            .recordings(TenantId::SINGLE, None, 10)
            .await
            .unwrap();
        assert!(page.recordings.is_empty() && page.next.is_none());
        for file in crate::fixtures::files_below(folder.path()) {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
        catalog.close().await;
    }
}

#[tokio::test]
async fn processes_that_start_together_share_one_catalog() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let opened = tokio::join!(
        Catalog::open(&path),
        Catalog::open(&path),
        Catalog::open(&path)
    );
    opened.0.unwrap();
    opened.1.unwrap();
    opened.2.unwrap();
}

#[tokio::test]
async fn something_else_than_a_catalog_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    std::fs::write(
        &path,
        "Dear diary, this is not a database at all.".repeat(50),
    )
    .unwrap();
    let refused = Catalog::open(&path).await.unwrap_err();
    assert!(
        matches!(refused, CatalogError::Damaged { .. }),
        "{refused:?}"
    );
    assert_eq!(refused.kind(), Kind::Damaged);
}

#[tokio::test]
async fn a_catalog_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    Catalog::open(&path).await.unwrap().close().await;
    let mut connection = SqliteConnection::connect(path.to_str().unwrap())
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9000, 'future', TRUE, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let refused = Catalog::open(&path).await.unwrap_err();
    assert!(
        matches!(refused, CatalogError::WrittenByNewer { version: 9000 }),
        "{refused:?}"
    );
}

#[test]
fn the_tables_know_the_same_working_kinds_as_the_program() {
    // Everybody has a layer.
    let kinds = ArtefactKind::WORKING.iter().chain([&ArtefactKind::Layer]);
    let kinds: BTreeSet<String> = kinds.map(|kind| format!("'{kind}'")).collect();
    for sql in [
        include_str!("../../migrations/sqlite/0011_service.sql"),
        include_str!("../../migrations/postgres/0011_service.sql"),
    ] {
        let listed = sql.split("kind NOT IN (").nth(1).unwrap();
        let listed = listed.split(')').next().unwrap().split(", ");
        assert_eq!(listed.map(str::to_owned).collect::<BTreeSet<_>>(), kinds);
    }
}

on_both_databases!(recordings_are_listed_newest_first_in_pages);

fn recordings_are_listed_newest_first_in_pages(place: &Place) {
    let wanted: Vec<_> = (0..7)
        .map(|number| {
            // Two of each are equally old.
            let now = later(number / 2);
            let begun = place
                .vault
                .begin_or_resume(&job(&number.to_string()), now)
                .unwrap();
            let Begun::New(claim) = begun else {
                panic!("the job is not new")
            };
            (now, claim.recording())
        })
        .collect();
    let mut sorted = wanted.clone();
    sorted.sort_unstable_by(|one, other| other.cmp(one));

    let mut listed = Vec::new();
    let mut from = None;
    loop {
        let page = place.vault.recordings(TenantId::SINGLE, from, 3).unwrap();
        listed.extend(page.recordings.iter().map(|row| (row.created_at, row.id)));
        from = page.next;
        if from.is_none() {
            break;
        }
        assert_eq!(page.recordings.len(), 3);
    }
    assert_eq!(listed, sorted);
    let others = place
        .vault
        .recordings(crate::fixtures::tenant(5), None, 3)
        .unwrap();
    assert!(others.recordings.is_empty());
}

#[tokio::test]
async fn the_catalog_keeps_a_write_ahead_log() {
    let place = tokio::task::spawn_blocking(Place::new).await.unwrap();
    let mut connection = connection(&place).await;
    let mode: String = sqlx::query("PRAGMA journal_mode")
        .fetch_one(&mut connection)
        .await
        .unwrap()
        .get(0);
    assert_eq!(mode, "wal");
    drop(place);
}

#[test]
fn a_row_that_was_changed_by_hand_is_refused() {
    let place = Place::new();
    let claim = place.render("webinar");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = connection(&place).await;
        sqlx::query("UPDATE recording SET source_sha256 = 'x'")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
    let refused = catalog_error(place.vault.recording(claim.recording()));
    assert!(matches!(
        refused,
        CatalogError::Unreadable {
            column: "source_sha256"
        }
    ));
    assert_eq!(refused.kind(), Kind::Damaged);
}
