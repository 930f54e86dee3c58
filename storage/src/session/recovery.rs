//! Sessions that somebody has left: what is spooled of them is finished.

use std::{collections::BTreeSet, fs, io, sync::Arc, time::Duration};

use scrim_policy::{ArtefactId, RecordingId};

use super::{
    LayerOwner, SealingState, SessionSealing,
    copying::read_told,
    spool::{Layer, Spool, folder_in},
    writing::writing,
};
use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, LiveSessionRow},
    retention::{RUN_ALIVE, is_past},
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

/// For how long a folder that no session is known of is left alone: it may be about to begin.
const YOUNG: Duration = Duration::from_secs(60);

impl Vault {
    /// Finishes sessions whose spool is here and which nobody records any more: what is in the spool is
    /// sealed, and the timeline says up to where the session is complete. Returns those that were
    /// finished.
    ///
    /// > **A no comes first.** What somebody has refused is destroyed before anything is sealed.
    ///
    /// It can be stopped anywhere and done again. What is being recorded at this moment is not touched,
    /// and one session that cannot be finished keeps no other from it.
    ///
    /// # Errors
    /// The first thing that went wrong, once everything else is done: [`VaultError::Catalog`],
    /// [`VaultError::Object`], [`VaultError::Key`] and [`VaultError::Seal`].
    pub fn recover_live_sessions(&self, now: Timestamp) -> Result<Vec<RecordingId>, VaultError> {
        let mut finished = Vec::new();
        let mut failure = None;
        for recording in self.spooled_sessions(now).map_err(writing)? {
            match self.recover_session(recording, now) {
                Ok(true) => finished.push(recording),
                Ok(false) => {}
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        }
        self.give_up_lost(now)?;
        match failure {
            Some(error) => Err(error),
            None => Ok(finished),
        }
    }

    /// Returns the sessions that have a folder here. Folders that belong to none are deleted.
    fn spooled_sessions(&self, now: Timestamp) -> io::Result<Vec<RecordingId>> {
        let entries = match fs::read_dir(folder_in(self.home())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Some(recording) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let changed_at = match entry.metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata?.modified()?,
            };
            if is_past(changed_at.into(), YOUNG, now) || self.is_known(recording) {
                found.push(recording);
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn is_known(&self, recording: RecordingId) -> bool {
        matches!(self.live_session(recording), Ok(Some(_)))
    }

    /// Finishes a session. Says whether there was something to finish.
    fn recover_session(&self, recording: RecordingId, now: Timestamp) -> Result<bool, VaultError> {
        let row = self.live_session(recording)?;
        let tenant = row.map_or(scrim_policy::TenantId::SINGLE, |row| row.tenant);
        let Some(spool) = Spool::take(self.home(), tenant, recording).map_err(writing)? else {
            return Ok(false);
        };
        // Again, as somebody may have finished it until now.
        let Some(row) = self
            .live_session(recording)?
            .filter(|row| row.ended_at.is_none())
        else {
            spool.destroy_all().map_err(writing)?;
            return Ok(false);
        };
        if row.is_being_erased {
            return Ok(false);
        }
        let Some(mut sealing) = self.take_over(spool, &row)? else {
            self.give_up(recording, now)?;
            return Ok(false);
        };
        sealing.delete_condemned()?;
        sealing.sweep_store()?;
        while sealing.advance(now)? != SealingState::Over {}
        Ok(true)
    }

    /// Takes the spool over that somebody has left, and destroys what was refused. Nothing where no key
    /// opens the timeline any more.
    fn take_over(
        &self,
        spool: Spool,
        row: &LiveSessionRow,
    ) -> Result<Option<SessionSealing>, VaultError> {
        let rows = self.artefacts(row.recording)?;
        let timeline = rows.iter().find(|row| row.kind == ArtefactKind::Timeline);
        let Some(timeline) = timeline else {
            spool.destroy_all().map_err(writing)?;
            return Ok(None);
        };
        let files: BTreeSet<ArtefactId> = spool.files().map_err(writing)?.into_iter().collect();
        let Some(told_by) = self.left_layer(&spool, timeline, None)? else {
            spool.destroy_all().map_err(writing)?;
            return Ok(None);
        };
        if !files.contains(&timeline.id) {
            // Nothing was ever written.
            drop(told_by.create_file().map_err(writing)?);
        }
        told_by.take_over().map_err(writing)?;
        let told = read_told(&told_by).map_err(writing)?;
        let wanted: BTreeSet<ArtefactId> = told.layers.iter().map(|(id, _)| *id).collect();
        let has_row = |id: &ArtefactId| rows.iter().any(|row| row.id == *id);
        let is_wanted = |id: &ArtefactId| wanted.contains(id) && has_row(id);
        let own = rows.iter().filter(|row| row.kind.is_own());
        let known = own.map(|row| row.id).chain(files);
        for id in known.filter(|id| *id != timeline.id && !is_wanted(id)) {
            spool.destroy(id).map_err(writing)?;
        }
        for (id, owner) in &told.layers {
            let Some(row) = rows.iter().find(|row| row.id == *id) else {
                continue;
            };
            match self.left_layer(&spool, row, Some(*owner))? {
                Some(layer) if is_there(&layer)? => spool.add(layer),
                _ => spool.destroy(*id).map_err(writing)?,
            }
        }
        spool.add(told_by);
        spool.end();
        let (timeline, begun_at) = (timeline.id, row.begun_at);
        Ok(Some(
            SessionSealing::new(self.clone(), Arc::new(spool), timeline, begun_at).cut(),
        ))
    }

    /// Returns a layer as its row describes it. Nothing where no key opens it any more.
    fn left_layer(
        &self,
        spool: &Spool,
        row: &ArtefactRow,
        owner: Option<LayerOwner>,
    ) -> Result<Option<Arc<Layer>>, VaultError> {
        match self.data_key(row) {
            Ok(data_key) => {
                let layer = spool.new_layer(row.id, row.kind, owner, data_key);
                Ok(Some(Arc::new(layer)))
            }
            Err(VaultError::Key(error)) if error.is_final() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends sessions of which nobody has the spool, and which nobody has touched for a day: the disk that
    /// they were on is lost.
    fn give_up_lost(&self, now: Timestamp) -> Result<(), VaultError> {
        for recording in self.wait(self.catalog().running_live_sessions())? {
            let is_here = folder_in(self.home()).join(recording.to_string()).exists();
            let row = self.recording(recording)?;
            let is_old = row.is_some_and(|row| is_past(row.updated_at, RUN_ALIVE, now));
            if is_here || !is_old {
                continue;
            }
            self.give_up(recording, now)?;
        }
        Ok(())
    }

    /// Ends a session of which nothing can be known any more.
    fn give_up(&self, recording: RecordingId, now: Timestamp) -> Result<(), VaultError> {
        self.delete_all(&self.artefacts(recording)?)?;
        let catalog = self.catalog();
        Ok(self.wait(catalog.give_up_live_session(recording, self.author(), now))?)
    }
}

/// Whether the file of a layer is there, and takes it over.
fn is_there(layer: &Layer) -> Result<bool, VaultError> {
    match layer.take_over() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(writing(error)),
    }
}
