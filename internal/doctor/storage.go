package doctor

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/backup"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// backups finds the newest good backup: by the record in the database, which
// every machine sees, or by the folder, where it is on this machine.
func (d *doctor) backups(ctx context.Context) []Finding {
	const name, section = "backups", "backuptooold"
	newest, from := d.newestFile(), "in "+d.BackupDir
	last, good, recorded := d.recordedBackups(ctx)
	if recorded && good != nil && good.At.After(newest) {
		newest, from = good.At, "by the record in the database"
	}
	if last != nil && !last.OK {
		return []Finding{failed(name, "the last backup, of "+last.At.Format(time.RFC3339)+", "+last.Summary, "see the reason there",
			"cure it and run swipesavvy backup", section)}
	}
	if newest.IsZero() && !recorded {
		return []Finding{failed(name, "there is none in "+d.BackupDir+", and the record in the database can't be read", "the database doesn't answer, or the folder is another one",
			"see the check of the database; --backup-dir names another folder", section)}
	}
	if newest.IsZero() {
		return []Finding{failed(name, "there is none: not in "+d.BackupDir+", not in the record", "none was ever made, or the folder is another one",
			"run swipesavvy backup, and swipesavvy backup --schedule 02:00 (or a CronJob) for one each day", section)}
	}
	age := d.Now().Sub(newest).Round(time.Minute)
	detail := fmt.Sprintf("the newest is %v old, %s", age, from)
	if age > time.Duration(d.Config.BackupMaxAgeHours)*time.Hour {
		return []Finding{failed(name, detail, "the daily backup doesn't run or fails", "run swipesavvy backup, then look at the log of the backup service or CronJob", section)}
	}
	return []Finding{ok(name, detail)}
}

func (d *doctor) newestFile() time.Time {
	files, err := backup.List(d.BackupDir)
	if err != nil || len(files) == 0 {
		return time.Time{}
	}
	return files[0].TakenAt
}

// recordedBackups reads the newest backup and the newest good one; known is false
// where the database doesn't tell.
func (d *doctor) recordedBackups(ctx context.Context) (last, good *event.Event, known bool) {
	s, err := store.OpenExisting(ctx, store.Options{DatabaseURL: d.Config.PostgresURL(), SQLitePath: d.Config.SQLitePath, MaxConns: 2, Service: "doctor"})
	if err != nil {
		return nil, nil, false
	}
	defer s.Close()
	if last, err = s.Events().Last(ctx, event.Backup, false); err != nil {
		return nil, nil, false
	}
	good, err = s.Events().Last(ctx, event.Backup, true)
	return last, good, err == nil
}

// Shares of a file system from which on it is a matter of time, and of alarm.
const (
	diskWarning = 0.8
	diskFailure = 0.9
)

// disk looks at the file systems of the backups and of the data.
func (d *doctor) disk(context.Context) []Finding {
	paths := []string{d.BackupDir}
	if d.Config.PostgresURL() == "" {
		paths = append(paths, filepath.Dir(d.Config.SQLitePath))
	}
	var found []Finding
	for _, path := range paths {
		name := "disk (" + path + ")"
		used, err := d.DiskUsed(path)
		if err != nil {
			found = append(found, Finding{Check: name, Outcome: Skipped, Detail: "there is no such folder on this machine"})
			continue
		}
		detail := fmt.Sprintf("%.0f %% used", 100*used)
		const do = "remove what nobody needs (old logs, images), lower BACKUP_RETENTION_DAYS, or enlarge the volume"
		switch {
		case used >= diskFailure:
			found = append(found, failed(name, detail, "the file system is almost full", do, "diskalmostfull"))
		case used >= diskWarning:
			found = append(found, warning(name, detail, "the file system is filling up", do, "diskfillingup"))
		default:
			found = append(found, ok(name, detail))
		}
	}
	return found
}
