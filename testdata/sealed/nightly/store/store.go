package store

import (
	"encoding/binary"

	bolt "go.etcd.io/bbolt"
)

type Store struct{ db *bolt.DB }

func Open(path string) (*Store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists([]byte("days"))
		return err
	})
	return &Store{db}, err
}

// Save keeps the sum of a batch, and of the last 50 batches only.
func (s *Store) Save(serial uint64, sums map[string]int64) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("days"))
		var key [8]byte
		if serial > 50 {
			binary.BigEndian.PutUint64(key[:], serial-50)
			if err := b.DeleteBucket(key[:]); err != nil && err != bolt.ErrBucketNotFound {
				return err
			}
		}
		binary.BigEndian.PutUint64(key[:], serial)
		day, err := b.CreateBucketIfNotExists(key[:])
		if err != nil {
			return err
		}
		for name, sum := range sums {
			if err := day.Put([]byte(name), binary.AppendVarint(nil, sum)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) Sum(name string) (total int64, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		days := tx.Bucket([]byte("days"))
		return days.ForEach(func(k, v []byte) error {
			if day := days.Bucket(k); day != nil {
				n, _ := binary.Varint(day.Get([]byte(name)))
				total += n
			}
			return nil
		})
	})
	return total, err
}
