package page

import "time"

// SetUploadPause makes uploads break off after a shorter pause.
func (k *Kit) SetUploadPause(d time.Duration) { k.pause = d }
