package samplescreen

// Desktop is half text and half photo: windows with terminals on the left, a picture
// on the right, frames and a bar around them.
func Desktop(width, height int, frame uint64) (*Screen, error) {
	const (
		barHeight   = 28
		titleHeight = 22
		frameColour = 0x3b4252
		titleColour = 0x5e81ac
		wallpaper   = 0x2e3440
	)
	s := newScreen(width, height)
	s.fill(0, 0, width, height, wallpaper)
	s.fill(0, 0, width, barHeight, frameColour)
	half := (height - barHeight) / 2
	for i := range 2 {
		top := barHeight + i*half
		text, err := Console(width/2-12, half-titleHeight-12, frame*2+uint64(i))
		if err != nil {
			return nil, err
		}
		s.fill(4, top+4, width/2-4, top+half-4, frameColour)
		s.fill(5, top+5, width/2-5, top+titleHeight, titleColour)
		s.draw(text, 6, top+titleHeight+2)
	}
	s.fill(width/2, barHeight+4, width-4, height-4, frameColour)
	s.draw(Photo(width/2-6, height-barHeight-10, frame), width/2+1, barHeight+5)
	return s, nil
}
