//go:build linux || darwin

package doctor

import "golang.org/x/sys/unix"

// diskUsed is what df shows: the share that is used of what ordinary users may use.
func diskUsed(path string) (float64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, err
	}
	used := s.Blocks - s.Bfree
	if used+s.Bavail == 0 {
		return 0, nil
	}
	return float64(used) / float64(used+s.Bavail), nil
}
