package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU time in /proc (proc(5)): Linux shows a hundredth of a second whatever it counts in.
const tick = 10 * time.Millisecond

// cpuOf gives the CPU time that a process has used until now, in user and system mode, all threads together.
func cpuOf(pid int) (time.Duration, error) { return cpuIn(pid, 11, 13) } // fields 14 and 15, utime and stime

// cpuWithChildren adds that of the process's children that have ended.
func cpuWithChildren(pid int) (time.Duration, error) { return cpuIn(pid, 11, 15) }

func cpuIn(pid, from, to int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(stat, []byte(") ")) // the name before it may hold blanks
	fields := strings.Fields(string(rest))
	if len(fields) < to {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	return sumTicks(fields[from:to])
}

// busyCPU gives the CPU time that all cores have used until now; what the hypervisor gave to others counts as used.
func busyCPU() (time.Duration, error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(stat), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal …
	if len(fields) < 9 {
		return 0, fmt.Errorf("/proc/stat begins %q", line)
	}
	return sumTicks(append(fields[1:4:4], fields[6:9]...))
}

func sumTicks(fields []string) (time.Duration, error) {
	var sum time.Duration
	for _, field := range fields {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

// memoryOf gives a line of /proc/PID/status in MiB: VmRSS is the resident memory, VmHWM its peak.
func memoryOf(pid int, line string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(status), line+":")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return 0, fmt.Errorf("/proc/%d/status has no %s", pid, line)
	}
	kib, err := strconv.ParseFloat(fields[0], 64)
	return kib / 1024, err
}

// forgetPeak lets VmHWM begin anew.
func forgetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

// watch sees what programs other than ours use.
type watch struct {
	ours  []int
	begun time.Time
	used  time.Duration
}

// watchOthers begins to watch. Ours are this process, its children that begin and end meanwhile, and those that are given and
// live on.
func watchOthers(ours ...int) (*watch, error) {
	w := &watch{ours: ours, begun: time.Now()}
	var err error
	w.used, err = w.others()
	return w, err
}

func (w *watch) others() (time.Duration, error) {
	all, err := busyCPU()
	if err != nil {
		return 0, err
	}
	own, err := cpuWithChildren(os.Getpid())
	for _, pid := range w.ours {
		var used time.Duration
		if err == nil {
			used, err = cpuOf(pid)
		}
		own += used
	}
	return all - own, err
}

// foreign gives the cores that others have used on average since the beginning.
func (w *watch) foreign() (float64, error) {
	used, err := w.others()
	return max(0, (used-w.used).Seconds()/time.Since(w.begun).Seconds()), err
}
