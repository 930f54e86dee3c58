-- Which breakout of a session a job makes a recording of, from 0; none is the main room.
ALTER TABLE job ADD COLUMN breakout BIGINT;
