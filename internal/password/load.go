package password

// Load is how busy a hasher is.
type Load struct {
	Slots  int // hashes at a time, at most
	Busy   int // at work
	Queued int // waiting for a slot
}

// Load tells how busy the hasher is at this moment.
func (h *Hasher) Load() Load {
	return Load{Slots: cap(h.slots), Busy: len(h.slots), Queued: int(h.queued.Load())}
}
