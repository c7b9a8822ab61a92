-- Plays a person in Neovim who wants to see new tests before they are written, and says no.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told = stage.input, stage.told

local function play()
  -- A Neovim that shows no change before it is made is asked by a message.
  stage.answer_with({ number = 2, title = 'Discard' })
  local client = stage.start(input.file, { generate = { preview = true } })
  local argument = { uri = vim.uri_from_bufnr(0), qualname = input.function_name }
  require('greenline').execute(client, 'greenline.generateTest', argument)
  stage.wait_for('the end is told', function()
    return #told.messages > 0
  end)
  told.step = 'done'
end

stage.run(play)
