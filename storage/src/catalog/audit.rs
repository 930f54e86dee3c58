//! Rows of the audit log.

use scrim_policy::AuditEvent;
use sqlx::{Any, AssertSqlSafe, Transaction, any::AnyRow, query};

use super::{
    Catalog, CatalogError,
    rows::{number, parsed, sql_number, value},
};
use crate::{
    audit::{Author, CHECKPOINT_EVERY, Checkpoint, Entry, Frontier, Salt, leaf_of, next_chain},
    digest::Sha256Digest,
    timestamp::Timestamp,
};

const WRITE: &str = "write the audit log";
const READ: &str = "read the audit log";

/// Entries are inserted so many at a time, what is left over one by one: each text of a statement is
/// prepared once.
const ROWS: usize = 32;

impl Catalog {
    /// Adds events to the audit log and returns the number of the first one.
    ///
    /// # Errors
    /// [`CatalogError::Entropy`], [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn append_audit(
        &self,
        author: Author<'_>,
        events: &[(AuditEvent, Timestamp)],
    ) -> Result<u64, CatalogError> {
        let mut transaction = self.write(WRITE).await?;
        let first = append(&mut transaction, author, events).await?;
        let failed = |source| CatalogError::while_doing(WRITE, source);
        transaction.commit().await.map_err(failed)?;
        Ok(first)
    }
}

/// Where the log ends.
struct End {
    frontier: Frontier,
    chain: Sha256Digest,
}

impl End {
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
}

/// Adds events to the audit log as a part of a transaction, so that they are there together with
/// what else it does, or not at all. Returns the number of the first one.
pub(crate) async fn append(
    transaction: &mut Transaction<'_, Any>,
    author: Author<'_>,
    events: &[(AuditEvent, Timestamp)],
) -> Result<u64, CatalogError> {
    let failed = |source| CatalogError::while_doing(WRITE, source);
    let row = query("SELECT size, nodes, chain FROM audit_tree")
        .fetch_one(&mut **transaction)
        .await
        .map_err(failed)?;
    let mut end = End::read(&row)?;
    let first = end.frontier.size();
    let Some((_, last_at)) = events.last() else {
        return Ok(first);
    };
    let mut rows = Vec::with_capacity(events.len());
    for (event, at) in events {
        let seq = end.frontier.size();
        let body = Entry::new(seq, *at, author.actor, event).to_body();
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
    let nodes: String = end
        .frontier
        .nodes()
        .iter()
        .map(Sha256Digest::to_string)
        .collect();
    query("UPDATE audit_tree SET size = $1, nodes = $2, chain = $3")
        .bind(sql_number(end.frontier.size()))
        .bind(nodes)
        .bind(end.chain.to_string())
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    let is_due = first / CHECKPOINT_EVERY != end.frontier.size() / CHECKPOINT_EVERY;
    if is_due || events.iter().any(|(event, _)| event.is_sensitive()) {
        add_checkpoint(transaction, author, &end.frontier, *last_at).await?;
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
    author: Author<'_>,
    frontier: &Frontier,
    now: Timestamp,
) -> Result<(), CatalogError> {
    let checkpoint = Checkpoint {
        size: frontier.size(),
        root: frontier.root(),
    };
    query("INSERT INTO audit_checkpoint (size, note, made_at) VALUES ($1, $2, $3)")
        .bind(sql_number(checkpoint.size))
        .bind(checkpoint.sign(author.keyring).to_string())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(WRITE, source))
}
