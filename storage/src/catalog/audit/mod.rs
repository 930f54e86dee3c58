//! Rows of the audit log.

mod reading;

pub(crate) use reading::Wanted;

use scrim_policy::{Actor, AuditEvent};
use sqlx::{Any, AssertSqlSafe, Transaction, any::AnyRow, query};

use super::{
    Catalog, CatalogError,
    rows::{number, parsed, sql_number, value},
};
use crate::{
    audit::{
        About, Author, CHAIN_START, CHECKPOINT_EVERY, Checkpoint, Deed, Entry, Frontier, Salt,
        leaf_of, next_chain,
    },
    digest::Sha256Digest,
    keyring::Keyring,
    timestamp::Timestamp,
};

const WRITE: &str = "write the audit log";
const BLANK: &str = "erase entries of the audit log";
const READ: &str = "read the audit log";

/// Entries are inserted so many at a time, what is left over one by one: each text of a statement is
/// prepared once.
const ROWS: usize = 32;

impl Catalog {
    /// Adds deeds to the audit log and returns the number of the first one.
    ///
    /// # Errors
    /// [`CatalogError::Entropy`], [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn append_deeds(
        &self,
        keyring: &Keyring,
        deeds: &[Deed],
    ) -> Result<u64, CatalogError> {
        let deeds: Vec<_> = deeds
            .iter()
            .map(|deed| (&deed.actor, &deed.event, deed.at))
            .collect();
        let mut transaction = self.write(WRITE).await?;
        let first = append_each(&mut transaction, keyring, &deeds).await?;
        let failed = |source| CatalogError::while_doing(WRITE, source);
        transaction.commit().await.map_err(failed)?;
        Ok(first)
    }

    /// Blanks the bodies and salts of all entries about something, adds an entry that says so, and
    /// returns how many there were.
    ///
    /// SQLite overwrites what it deletes, but copies of it may stay in the write-ahead log until
    /// that is folded into the file. PostgreSQL keeps it until the table is vacuumed.
    ///
    /// # Errors
    /// Those of [`Catalog::append_deeds`].
    pub(crate) async fn blank_audit_bodies(
        &self,
        about: About,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<u64, CatalogError> {
        let mut transaction = self.write(BLANK).await?;
        let blanked = blank(&mut transaction, about, author, now).await?;
        let failed = |source| CatalogError::while_doing(BLANK, source);
        transaction.commit().await.map_err(failed)?;
        Ok(blanked)
    }

    /// Signs a checkpoint over all entries, unless there is one or there are no entries.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn cover_audit(&self, author: Author<'_>) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(WRITE, source);
        let mut transaction = self.write(WRITE).await?;
        let end = End::load(&mut transaction).await?;
        let covered = query("SELECT size FROM audit_checkpoint WHERE size = $1")
            .bind(sql_number(end.frontier.size()))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        if covered.is_some() || end.frontier.size() == 0 {
            return Ok(());
        }
        add_checkpoint(&mut transaction, author.keyring, &end.frontier).await?;
        transaction.commit().await.map_err(failed)
    }
}

/// Blanks entries as a part of a transaction, see [`Catalog::blank_audit_bodies`].
pub(crate) async fn blank(
    transaction: &mut Transaction<'_, Any>,
    about: About,
    author: Author<'_>,
    now: Timestamp,
) -> Result<u64, CatalogError> {
    let failed = |source| CatalogError::while_doing(BLANK, source);
    let (column, id) = match about {
        About::Recording(recording) => ("recording", recording.to_string()),
        About::Tenant(tenant) => ("tenant", tenant.to_string()),
    };
    // Both names of columns are in the program.
    let rows = query(AssertSqlSafe(format!(
        "SELECT seq FROM audit_entry WHERE {column} = $1 ORDER BY seq"
    )))
    .bind(&id)
    .fetch_all(&mut **transaction)
    .await
    .map_err(failed)?;
    let entries = rows
        .iter()
        .map(|row| number(row, "seq"))
        .collect::<Result<Vec<u64>, CatalogError>>()?;
    if entries.is_empty() {
        return Ok(0);
    }
    query(AssertSqlSafe(format!(
        "UPDATE audit_entry SET salt = NULL, body = NULL, recording = NULL, tenant = NULL
         WHERE {column} = $1"
    )))
    .bind(&id)
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    let count = entries.len() as u64;
    let event = AuditEvent::AuditBlanked { entries };
    append(transaction, author, &[(event, now)]).await?;
    Ok(count)
}

/// Where the log ends. The row of it comes with the first entry.
struct End {
    frontier: Frontier,
    chain: Sha256Digest,
}

impl Default for End {
    fn default() -> Self {
        Self {
            frontier: Frontier::default(),
            chain: CHAIN_START,
        }
    }
}

impl End {
    async fn load(transaction: &mut Transaction<'_, Any>) -> Result<Self, CatalogError> {
        let row = query("SELECT size, nodes, chain FROM audit_tree")
            .fetch_optional(&mut **transaction)
            .await
            .map_err(|source| CatalogError::while_doing(READ, source))?;
        row.as_ref().map_or_else(|| Ok(Self::default()), Self::read)
    }

    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        let unreadable = CatalogError::Unreadable { column: "nodes" };
        let text: &str = value(row, "nodes")?;
        let nodes = text
            .as_bytes()
            .chunks(64)
            .map(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
            .collect::<Option<Vec<Sha256Digest>>>();
        let frontier = nodes.and_then(|nodes| number(row, "size").ok().map(|size| (size, nodes)));
        let frontier = frontier.and_then(|(size, nodes)| Frontier::from_parts(size, nodes));
        Ok(Self {
            frontier: frontier.ok_or(unreadable)?,
            chain: parsed(row, "chain")?,
        })
    }

    async fn store(&self, transaction: &mut Transaction<'_, Any>) -> Result<(), sqlx::Error> {
        let nodes = self.frontier.nodes().iter();
        let nodes: String = nodes.map(Sha256Digest::to_string).collect();
        for statement in [
            "UPDATE audit_tree SET size = $1, nodes = $2, chain = $3 WHERE id = 1",
            "INSERT INTO audit_tree (id, size, nodes, chain) VALUES (1, $1, $2, $3)",
        ] {
            let stored = query(statement)
                .bind(sql_number(self.frontier.size()))
                .bind(&nodes)
                .bind(self.chain.to_string())
                .execute(&mut **transaction)
                .await?;
            if stored.rows_affected() == 1 {
                break;
            }
        }
        Ok(())
    }
}

/// Adds events to the audit log as a part of a transaction, so that they are there together with
/// what else it does, or not at all. Returns the number of the first one.
pub(crate) async fn append(
    transaction: &mut Transaction<'_, Any>,
    author: Author<'_>,
    events: &[(AuditEvent, Timestamp)],
) -> Result<u64, CatalogError> {
    let deeds: Vec<_> = events
        .iter()
        .map(|(event, at)| (author.actor, event, *at))
        .collect();
    append_each(transaction, author.keyring, &deeds).await
}

async fn append_each(
    transaction: &mut Transaction<'_, Any>,
    keyring: &Keyring,
    deeds: &[(&Actor, &AuditEvent, Timestamp)],
) -> Result<u64, CatalogError> {
    let failed = |source| CatalogError::while_doing(WRITE, source);
    let mut end = End::load(transaction).await?;
    let first = end.frontier.size();
    if deeds.is_empty() {
        return Ok(first);
    }
    let mut rows = Vec::with_capacity(deeds.len());
    for (actor, event, at) in deeds {
        let seq = end.frontier.size();
        let body = Entry::new(seq, *at, actor, event).to_body();
        let salt = Salt::random()?;
        let leaf = leaf_of(&salt, &body);
        end.frontier.push(&leaf);
        end.chain = next_chain(&end.chain, &leaf);
        rows.push(NewRow {
            seq,
            leaf,
            chain: end.chain,
            salt,
            body,
            event,
        });
    }
    let (blocks, rest) = rows.as_chunks::<ROWS>();
    for block in blocks {
        insert(transaction, block).await.map_err(failed)?;
    }
    for row in rest {
        insert(transaction, std::slice::from_ref(row))
            .await
            .map_err(failed)?;
    }
    end.store(transaction).await.map_err(failed)?;
    let is_due = first / CHECKPOINT_EVERY != end.frontier.size() / CHECKPOINT_EVERY;
    if is_due || deeds.iter().any(|(_, event, _)| event.is_sensitive()) {
        add_checkpoint(transaction, keyring, &end.frontier).await?;
    }
    Ok(first)
}

/// An entry on its way in.
struct NewRow<'a> {
    seq: u64,
    leaf: Sha256Digest,
    chain: Sha256Digest,
    salt: Salt,
    body: String,
    event: &'a AuditEvent,
}

async fn insert(
    transaction: &mut Transaction<'_, Any>,
    rows: &[NewRow<'_>],
) -> Result<(), sqlx::Error> {
    let mut text =
        "INSERT INTO audit_entry (seq, leaf, chain, salt, body, recording, tenant) VALUES "
            .to_owned();
    for index in 0..rows.len() {
        let comma = if index == 0 { "" } else { ", " };
        let [a, b, c, d, e, f, g] = std::array::from_fn(|column| index * 7 + column + 1);
        text += &format!("{comma}(${a}, ${b}, ${c}, ${d}, ${e}, ${f}, ${g})");
    }
    // Only numbers of parameters were put into it.
    let mut statement = query(AssertSqlSafe(text));
    for row in rows {
        statement = statement
            .bind(sql_number(row.seq))
            .bind(row.leaf.to_string())
            .bind(row.chain.to_string())
            .bind(row.salt.to_string())
            .bind(&row.body)
            .bind(row.event.recording().map(|recording| recording.to_string()))
            .bind(row.event.tenant().map(|tenant| tenant.to_string()));
    }
    statement.execute(&mut **transaction).await.map(drop)
}

async fn add_checkpoint(
    transaction: &mut Transaction<'_, Any>,
    keyring: &Keyring,
    frontier: &Frontier,
) -> Result<(), CatalogError> {
    let checkpoint = Checkpoint {
        size: frontier.size(),
        root: frontier.root(),
    };
    query("INSERT INTO audit_checkpoint (size, note) VALUES ($1, $2)")
        .bind(sql_number(checkpoint.size))
        .bind(checkpoint.sign(keyring).to_string())
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(WRITE, source))
}
